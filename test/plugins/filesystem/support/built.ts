// The compiled package: the plugin's worker threads exist only there, since Node 20 cannot run TypeScript.
export { Call } from '../../../../dist/core/call.js';
export { callTool } from '../../../../dist/core/dispatcher.js';
export { Face } from '../../../../dist/core/face.js';
export { anonymous } from '../../../../dist/core/principal.js';
export { RunningPlugin } from '../../../../dist/core/running-plugin.js';
export { filesystemPlugin } from '../../../../dist/plugins/filesystem/plugin.js';
