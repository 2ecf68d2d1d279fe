/** Leases that a worker, by its log, says it took, less those that it says it lost or moved. */
export function heldBy({ log }: { readonly log: readonly string[] }): readonly string[] {
  const held = new Set<string>();
  for (const line of log) {
    const { msg, lease } = JSON.parse(line) as { msg: string; lease?: string };
    if (!lease) continue;
    if (msg === 'took a lease') held.add(lease);
    else if (msg.startsWith('another process has') || msg.startsWith('moving work')) held.delete(lease);
  }
  return [...held].sort();
}
