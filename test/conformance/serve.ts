import { startGateway } from 'mcp-sse-gateway';
import { conformancePlugin } from './fixture.ts';

// Every client gets a session, so that what sessions can do is there for the suite to see.
const gateway = await startGateway({
  config: { server: { port: Number(process.env.PORT ?? 8000) }, sessions: { mode: 'always' }, log: { level: 'warn' } },
  plugins: [conformancePlugin],
});

console.log(`${gateway.listeners[0]?.url}/conformance/mcp`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void gateway.stop());
}
