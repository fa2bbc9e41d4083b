/** The q-quantile of a sorted list, between its neighbours where it falls between them. */
function quantile(sorted, q) {
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)];
  return below + (sorted[Math.ceil(at)] - below) * (at - Math.floor(at));
}

/** Median, least and greatest of a list. */
export function spread(list) {
  const sorted = [...list].sort(ascending);
  return { median: quantile(sorted, 0.5), least: sorted[0], greatest: sorted.at(-1) };
}

/** p50, p95 and p99 of milliseconds. */
export function percentiles(latencies) {
  const sorted = Float64Array.from(latencies).sort();
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) };
}

function ascending(a, b) {
  return a - b;
}
