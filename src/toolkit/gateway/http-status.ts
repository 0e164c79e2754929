/**
 * Micro's number as HTTP status. 408 means "send it again" to browsers, but here it was the service that did not
 * answer in time: 504. Numbers HTTP has no place for are 500.
 */
export function httpStatusOf(code: number): number {
  if (code === 408) return 504;
  return Number.isInteger(code) && code >= 400 && code <= 599 ? code : 500;
}
