import { createHash } from 'node:crypto';
import { type LeaseView, shareIn } from '../bus/lease.ts';

/**
 * Who should hold which lease: each member at most its even share, and of what is dealt out (`trading:1/4` and so on) an even share of
 * each kind. Whoever has one keeps it within that, and the rest goes where a hash of both says. The same view gives every member the same
 * plan, so nobody has to decide for the others.
 */
export function leasePlan({ members, holders }: Pick<LeaseView, 'members' | 'holders'>): ReadonlyMap<string, string> {
  const wanted = new Map<string, string[]>();
  for (const [member, names] of members)
    for (const name of names) wanted.set(name, [...(wanted.get(name) ?? []), member]);
  const load = new Map<string, number>();
  const loadOf = (member: string) => load.get(member) ?? 0;
  const plan = new Map<string, string>();

  const deal = (names: readonly string[], { mayTake, took, countOf }: Shares) => {
    const give = (name: string, member: string) => {
      took(member);
      plan.set(name, member);
      load.set(member, loadOf(member) + 1);
    };
    for (const name of names) {
      const holder = holders.get(name);
      if (holder !== undefined && wanted.get(name)?.includes(holder) && mayTake(holder)) give(name, holder);
    }
    for (const name of names) {
      if (plan.has(name)) continue;
      const ranked = [...(wanted.get(name) ?? [])].sort(
        (a, b) => countOf(a) - countOf(b) || (weight(name, a) < weight(name, b) ? 1 : -1),
      );
      // Where only those can who have their share already, the least laden takes it.
      const [least] = [...ranked].sort((a, b) => loadOf(a) - loadOf(b));
      const taker = ranked.find(mayTake) ?? least;
      if (taker !== undefined) give(name, taker);
    }
  };

  const names = [...wanted.keys()].sort();
  const isShare = (name: string) => shareIn(name).of > 1;
  for (const ofKind of Map.groupBy(names.filter(isShare), (name) => shareIn(name).kind).values()) {
    const able = new Set(ofKind.flatMap((name) => wanted.get(name) ?? []));
    deal(ofKind, sharesOfKind(ofKind.length, new Map([...able].map((member) => [member, loadOf(member)]))));
  }
  // What stands alone fills up wherever there is room.
  const most = Math.ceil(wanted.size / Math.max(1, members.size));
  deal(
    names.filter((name) => !isShare(name)),
    { mayTake: (member) => loadOf(member) < most, took: () => undefined, countOf: () => 0 },
  );
  return plan;
}

/** How much of what is being dealt out a member may take. */
interface Shares {
  mayTake(member: string): boolean;
  took(member: string): void;
  /** What it has by now, where those come first who have less. */
  countOf(member: string): number;
}

/**
 * Of `count` shares of a kind every member has as many as go evenly, and what is left over goes to those who had least before: were one
 * member given the rest of every kind, it would be full before the last, and another would have two of a kind that is one each.
 * @param before how laden each was.
 */
function sharesOfKind(count: number, before: ReadonlyMap<string, number>): Shares {
  const each = Math.floor(count / before.size);
  const left = count % before.size;
  const loads = [...before.values()].sort((a, b) => a - b);
  // Who had less than this takes one more, of those who had as much so many.
  const edge = loads[left - 1] ?? Number.NEGATIVE_INFINITY;
  let atEdge = left - loads.filter((load) => load < edge).length;
  const counts = new Map<string, number>();
  const countOf = (member: string) => counts.get(member) ?? 0;
  const beforeOf = (member: string) => before.get(member) ?? 0;
  return {
    countOf,
    mayTake: (member) =>
      countOf(member) < each ||
      (countOf(member) === each && (beforeOf(member) < edge || (beforeOf(member) === edge && atEdge > 0))),
    took: (member) => {
      if (countOf(member) === each && beforeOf(member) === edge) atEdge--;
      counts.set(member, countOf(member) + 1);
    },
  };
}

function weight(name: string, member: string): string {
  return createHash('sha1').update(`${name}|${member}`).digest('hex');
}
