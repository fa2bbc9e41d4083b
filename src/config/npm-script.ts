/** Whether this process was started by `npm start` or another npm script, whose shell passes no signals on. */
export function isNpmScript(env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return env.npm_lifecycle_event !== undefined;
}
