// This gateway, built, with a plugin of trivial tools (`tools`), or with the built-in plugins (`builtIn`).
import { builtInPlugins, startGateway } from '../../dist/index.js';
import { fixturePlugin } from './fixture-plugin.mjs';
import { gatewayConfig } from './gateway-config.mjs';

const { tools, builtIn, folder, config = {} } = JSON.parse(process.argv[2]);

const gateway = await startGateway({
  config: gatewayConfig(folder, config),
  plugins: builtIn ? builtInPlugins : [fixturePlugin(tools)],
});
await gateway.ready;
process.send({ port: Number(new URL(gateway.listeners[0].url).port) });
