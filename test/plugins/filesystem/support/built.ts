// The compiled package: the plugin's worker threads exist only there, since Node 20 cannot run TypeScript.
export { Call } from '../../../../dist/core/call.js';
export { CallContext } from '../../../../dist/core/call-context.js';
export { callTool } from '../../../../dist/core/dispatcher.js';
export { Face } from '../../../../dist/core/face.js';
export { anonymous } from '../../../../dist/core/principal.js';
export { RunningPlugin } from '../../../../dist/core/running-plugin.js';
export { readWhole } from '../../../../dist/plugins/filesystem/io/read.js';
export { removeInTurns } from '../../../../dist/plugins/filesystem/io/remove-in-turns.js';
export { TreeCopy } from '../../../../dist/plugins/filesystem/io/tree-copy.js';
export { filesystemPlugin } from '../../../../dist/plugins/filesystem/plugin.js';
export { ProcDirectory } from '../../../../dist/plugins/filesystem/sandbox/directory.js';
export { Mounts } from '../../../../dist/plugins/filesystem/sandbox/mounts.js';
export { OpenRoot } from '../../../../dist/plugins/filesystem/sandbox/open-root.js';
export { Protection } from '../../../../dist/plugins/filesystem/sandbox/protection.js';
export { Sandbox } from '../../../../dist/plugins/filesystem/sandbox/sandbox.js';
