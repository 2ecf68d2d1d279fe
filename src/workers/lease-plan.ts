import { createHash } from 'node:crypto';
import type { LeaseView } from '../bus/lease.ts';

/**
 * Who should hold which lease: each member at most its even share, whoever has one keeps it within that, and the rest goes where
 * a hash of both says. The same view gives every member the same plan, so nobody has to decide for the others.
 */
export function leasePlan({ members, holders }: Pick<LeaseView, 'members' | 'holders'>): ReadonlyMap<string, string> {
  const wanted = new Map<string, string[]>();
  for (const [member, names] of members)
    for (const name of names) wanted.set(name, [...(wanted.get(name) ?? []), member]);
  const share = Math.ceil(wanted.size / Math.max(1, members.size));
  const load = new Map<string, number>();
  const plan = new Map<string, string>();
  const loadOf = (member: string) => load.get(member) ?? 0;
  const give = (name: string, member: string) => {
    plan.set(name, member);
    load.set(member, loadOf(member) + 1);
  };
  const names = [...wanted.keys()].sort();
  for (const name of names) {
    const holder = holders.get(name);
    if (holder !== undefined && wanted.get(name)?.includes(holder) && loadOf(holder) < share) give(name, holder);
  }
  for (const name of names) {
    if (plan.has(name)) continue;
    const ranked = [...(wanted.get(name) ?? [])].sort((a, b) => (weight(name, a) < weight(name, b) ? 1 : -1));
    // Where only those can who have their share already, the least laden takes it.
    const [least] = [...ranked].sort((a, b) => loadOf(a) - loadOf(b));
    const taker = ranked.find((member) => loadOf(member) < share) ?? least;
    if (taker !== undefined) give(name, taker);
  }
  return plan;
}

function weight(name: string, member: string): string {
  return createHash('sha1').update(`${name}|${member}`).digest('hex');
}
