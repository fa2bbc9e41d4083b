/**
 * A time in milliseconds as what `utimes` takes, whose fraction the system cuts off at the microsecond: the middle of the
 * nearest one, so that a time that is read and set again and again stays what it is.
 */
export function seconds(ms: number): number {
  return (Math.round(ms * 1000) + 0.5) / 1_000_000;
}
