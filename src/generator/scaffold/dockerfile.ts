import type { Answers, PackageManager, ServicePlace } from "./answers.ts";

interface DockerSteps {
  /** Files besides package.json that decide what is installed. */
  readonly files: string;
  /** Makes the package manager available in the Node image. */
  readonly setUp: readonly string[];
  readonly install: string;
  /** Leaves only what runs in production. */
  prune(place: ServicePlace): string;
}

const STEPS: Readonly<Record<PackageManager, DockerSteps>> = {
  npm: {
    files: "package-lock.json",
    setUp: [],
    install: "npm ci",
    prune: ({ dir }) => `npm ci --omit=dev${dir === "." ? "" : ` --workspace ${dir}`}`,
  },
  pnpm: {
    files: "pnpm-lock.yaml pnpm-workspace.yaml",
    setUp: ["RUN npm install --global pnpm@10", "ENV CI=true"],
    install: "pnpm install --frozen-lockfile",
    prune: ({ dir }) => `pnpm install --frozen-lockfile --prod${dir === "." ? "" : ` --filter ./${dir}`}`,
  },
  yarn: {
    files: "yarn.lock .yarnrc.yml",
    setUp: ["RUN npm install --global @yarnpkg/cli-dist@4"],
    install: "yarn install --immutable",
    prune: ({ packageName }) => `yarn workspaces focus --production ${packageName}`,
  },
  bun: {
    files: "bun.lock",
    setUp: ["RUN npm install --global bun@1"],
    install: "bun install --frozen-lockfile",
    prune: ({ dir }) =>
      `rm -rf node_modules && bun install --frozen-lockfile --production${dir === "." ? "" : ` --filter ./${dir}`}`,
  },
};

/** Text of a service's Dockerfile. A workspace builds from its root: `docker build -f srv/Dockerfile .`. */
export function dockerfile(place: ServicePlace, places: readonly ServicePlace[], answers: Answers): string {
  const steps = STEPS[answers.packageManager];
  const single = place.dir === ".";
  const from = single ? "" : `${place.dir}/`;
  const lines = [
    "# Built from the project's root, where package.json and the lock file are:",
    `#   docker build ${single ? "" : `-f ${place.dir}/Dockerfile `}-t ${place.packageName} .`,
    "FROM node:22-slim AS build",
    "WORKDIR /app",
    ...steps.setUp,
    `COPY package.json ${steps.files} ./`,
    ...(answers.runtime === "packed" ? ["COPY vendor/ vendor/"] : []),
    ...(single ? [] : places.map(({ dir }) => `COPY ${dir}/package.json ${dir}/`)),
    `RUN ${steps.install}`,
    `COPY ${from}tsconfig.json ${single ? "./" : from}`,
    `COPY ${from}src/ ${from}src/`,
    `RUN ${single ? "npx tsc" : `npx tsc -p ${place.dir}`}`,
    `RUN ${steps.prune(place)}`,
    "",
    "FROM node:22-slim",
    "ENV NODE_ENV=production",
    "# All interfaces of the container; the registry is told the container's own address.",
    "ENV MICRO_SERVER_ADDRESS=:8080",
    "EXPOSE 8080",
    `WORKDIR /app${single ? "" : `/${place.dir}`}`,
    "COPY --from=build /app/node_modules/ /app/node_modules/",
    ...(!single && answers.packageManager === "pnpm"
      ? [`COPY --from=build /app/${from}node_modules/ node_modules/`]
      : []),
    `COPY --from=build /app/${from}package.json ./`,
    `COPY --from=build /app/${from}dist/ dist/`,
    ...(place.type === "web"
      ? [`COPY ${from}public/ public/`]
      : [`COPY --from=build /app/${from}src/gen/schema.binpb src/gen/`]),
    "USER node",
    'CMD ["node", "dist/main.js"]',
  ];
  return `${lines.join("\n")}\n`;
}
