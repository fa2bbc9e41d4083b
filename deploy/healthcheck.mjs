// Liveness for a container: exit 0 when the gateway answers on its port, or on a plugin's port in port mode.
// A plugin whose upstream is down answers 503, and is alive all the same: restarting the gateway would not mend it.
const ports = [process.env.PORT || 8000, 8001, 8002, 8003, 8004, 8005];

for (const port of ports) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2000) });
    const { service } = await response.json();
    if (typeof service === 'string') process.exit(0);
  } catch {
    // Nobody listens there: another port may be the right one.
  }
}
process.exit(1);
