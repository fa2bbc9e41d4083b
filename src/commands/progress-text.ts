/** How far a call is, as a person reads it. */
export function progressText(done: number, total: number | undefined, message: string | undefined): string {
  const share = total ? `${Math.round((done / total) * 100)} %` : String(done);
  return message === undefined ? share : `${share}  ${message}`;
}
