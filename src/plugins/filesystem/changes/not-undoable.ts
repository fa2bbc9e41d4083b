import { GatewayError } from '../../../core/errors.ts';

/** What a change left, or what was kept for it, is not there any more: it could not be undone later either. */
export class NotUndoable extends GatewayError {
  constructor(message: string) {
    super('invalid_input', message);
  }
}
