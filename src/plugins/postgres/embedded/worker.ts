import { readFileSync } from 'node:fs';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, OpenFailure, Place, ToWorker } from './messages.ts';
import { type OpenPglite, openPglite, UnusableFolder } from './pglite.ts';
import { Session } from './session.ts';
import { afterStartFile } from './snapshot.ts';

/** The worker's entry: opens the database it is given in `workerData`, then answers one message after the other. */
async function main(port: MessagePort, place: Place): Promise<void> {
  port.ref(); // compiling WebAssembly does not keep a thread alive by itself
  const post = (message: FromWorker) => port.postMessage(message);
  let database: OpenPglite;
  let session: Session;
  try {
    database = await openPglite(place);
    session = new Session(database);
    await tryOut(session);
  } catch (error) {
    post({ kind: 'failed', cause: causeOf(error), reason: error instanceof Error ? error.message : String(error) });
    port.close();
    return;
  }
  post({ kind: 'up' });
  await warmUp(database.pg);
  port.on('message', async (message: ToWorker) => {
    if (message.kind === 'close') {
      await database.pg.close();
      port.close();
      return;
    }
    // a throw here is a broken instance: it ends the worker, and the engine starts another
    const outcome = await session.run(message.statement);
    const { id } = message;
    const { memoryBytes } = session;
    if ('error' in outcome) post({ kind: 'refused', id, error: outcome.error, memoryBytes });
    else post({ kind: 'rows', id, rows: outcome, memoryBytes });
  });
}

/** A database without the reader role is none of ours, and would refuse every statement. */
async function tryOut(session: Session): Promise<void> {
  const outcome = await session.run({ text: 'SELECT 1', params: [], maxRows: 1, maxBytes: 1000, skipRows: 0 });
  if ('error' in outcome) throw new UnusableFolder(outcome.error.message);
}

function causeOf(error: unknown): OpenFailure {
  if (error instanceof UnusableFolder) return 'bad-folder';
  const { code } = error as { code?: unknown };
  if (code === 'ERR_MODULE_NOT_FOUND') return 'not-installed';
  return 'other';
}

/** A folder that holds other tables than the sample's has no use for it, and loses nothing without it. */
async function warmUp(pg: OpenPglite['pg']): Promise<void> {
  await pg.exec(readFileSync(afterStartFile, 'utf8')).catch(() => undefined);
}

if (parentPort) await main(parentPort, workerData as Place);
