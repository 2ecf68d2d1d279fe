/** A handler of an event that begins something which takes a while: a fault of ours in it is told like any other. */
export function begin(work: () => Promise<void>): () => void {
  return () => {
    work().catch((error: unknown) => reportError(error));
  };
}
