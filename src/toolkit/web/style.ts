/** The one style sheet of the pages `micro web` makes itself: no script, no font, nothing from elsewhere. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #ffffff; --ink: #16202c; --soft: #5b6878; --line: #dfe4ea; --accent: #0b6bcb; --live: #18794e;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #10151b; --card: #18202a; --ink: #e8edf3; --soft: #9aa7b6; --line: #2a3541; --accent: #6cb2ff; --live: #5bd59a; }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
main { max-width: 60rem; margin: 0 auto; padding: 3.5rem 1.5rem; }
header { display: flex; align-items: baseline; gap: .75rem; flex-wrap: wrap; margin-bottom: 2rem; }
h1 { font-size: 1.6rem; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.05rem; margin: 0; }
header p { margin: 0; color: var(--soft); }
code { font: .9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); }
li a {
  display: grid; grid-template-columns: auto 1fr; gap: .1rem .9rem; align-content: start; height: 100%;
  padding: 1.1rem 1.2rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  color: inherit; text-decoration: none;
}
li a:hover, li a:focus-visible { border-color: var(--accent); outline: none; box-shadow: 0 0 0 3px color-mix(in srgb, var(--accent) 18%, transparent); }
.mark {
  grid-row: span 3; align-self: start; width: 2.6rem; height: 2.6rem; border-radius: .6rem; display: grid; place-items: center;
  font-weight: 650; color: #fff; background: hsl(var(--hue, 210) 55% 42%);
}
.mark.h0 { --hue: 210; } .mark.h1 { --hue: 160; } .mark.h2 { --hue: 265; } .mark.h3 { --hue: 18; } .mark.h4 { --hue: 330; } .mark.h5 { --hue: 190; }
.soft { color: var(--soft); font-size: .875rem; }
.live::before { content: ""; display: inline-block; width: .5rem; height: .5rem; border-radius: 50%; margin-right: .4rem; background: var(--live); }
.panel { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.5rem 1.6rem; }
.panel p { margin: .5rem 0; } .panel p:last-child { margin-bottom: 0; }
pre { margin: .75rem 0; padding: .8rem 1rem; background: var(--ground); border: 1px solid var(--line); border-radius: .5rem; overflow-x: auto; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .875rem; }
footer a, .panel a { color: var(--accent); }
`.trimStart();
