import type { Clock } from '../../lib/clock.ts';
import { CALL_TIMEOUT_MS, Envelope, type JsonRpc, MAX_ANSWER_BYTES, NodeError, resultOf } from './json-rpc.ts';

/** JSON-RPC over HTTP: no notifications, so its user has to ask for the head by itself. */
export function createHttpRpc(url: string, clock: Clock): JsonRpc {
  let id = 0;
  const open = new Set<AbortController>();
  return {
    async call(method, params) {
      const abort = new AbortController();
      open.add(abort);
      const cancel = clock.after(CALL_TIMEOUT_MS, () => abort.abort());
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params }),
          signal: abort.signal,
        });
        if (!response.ok) throw new NodeError(`${method}: the node answered ${response.status}`, response.status);
        const length = Number(response.headers.get('content-length') ?? 0);
        if (length > MAX_ANSWER_BYTES) throw new NodeError(`${method}: an answer of ${length} bytes`);
        return resultOf(Envelope.parse(await response.json()));
      } catch (error) {
        if (error instanceof NodeError) throw error;
        if (abort.signal.aborted) throw new NodeError(`${method}: no answer within ${CALL_TIMEOUT_MS / 1_000} s`);
        throw new NodeError(`${method}: the node could not be reached`);
      } finally {
        cancel();
        open.delete(abort);
      }
    },
    close() {
      for (const abort of open) abort.abort();
    },
  };
}
