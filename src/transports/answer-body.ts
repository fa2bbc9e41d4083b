import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { attempt } from '../core/attempt.ts';
import { receiveJsonBody } from './body.ts';
import type { HttpExchange } from './http-exchange.ts';
import { sendBodyError } from './respond.ts';

/**
 * Answers a request by the text of its JSON body, at once when the last byte is there. What is wrong with the body is
 * answered here; rejects only for a defect.
 */
export function answerBody(
  http: HttpExchange,
  limit: number,
  answer: (text: string) => Promise<Response> | Response,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const refuse = (error: unknown) => sendBodyError(http.outgoing, error);
    const take = (text: string) => {
      if (http.hasGone) return resolve(RESPONSE_ALREADY_SENT);
      try {
        resolve(attempt(() => answer(text), refuse));
      } catch (defect) {
        reject(defect);
      }
    };
    receiveJsonBody(http, limit, take, (refused) => resolve(refuse(refused)));
  });
}
