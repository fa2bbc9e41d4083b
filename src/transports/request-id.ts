import { randomBytes } from 'node:crypto';

const prefix = randomBytes(5).toString('base64url');
let requests = 0;

/** The id of one request: unique among all gateways by its first part, within this one by the second. */
export function newRequestId(): string {
  return `${prefix}-${(++requests).toString(36)}`;
}
