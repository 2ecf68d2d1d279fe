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
  const most = Math.ceil(wanted.size / Math.max(1, members.size));
  const load = new Map<string, number>();
  const plan = new Map<string, string>();
  const loadOf = (member: string) => load.get(member) ?? 0;

  const deal = (names: readonly string[], isKind: boolean) => {
    const ofKind = new Map<string, number>();
    const ofKindOf = (member: string) => (isKind ? (ofKind.get(member) ?? 0) : 0);
    // Of a kind everybody has so many, and as many members as are left over one more.
    const each = isKind ? Math.floor(names.length / members.size) : Number.POSITIVE_INFINITY;
    let oneMore = names.length % members.size;
    const mayKeep = (member: string) => ofKindOf(member) < each || (ofKindOf(member) === each && oneMore > 0);
    const give = (name: string, member: string) => {
      if (ofKindOf(member) === each) oneMore--;
      plan.set(name, member);
      load.set(member, loadOf(member) + 1);
      ofKind.set(member, ofKindOf(member) + 1);
    };
    for (const name of names) {
      const holder = holders.get(name);
      const could = holder !== undefined && wanted.get(name)?.includes(holder);
      if (could && loadOf(holder) < most && mayKeep(holder)) give(name, holder);
    }
    for (const name of names) {
      if (plan.has(name)) continue;
      const ranked = [...(wanted.get(name) ?? [])].sort(
        (a, b) => ofKindOf(a) - ofKindOf(b) || (weight(name, a) < weight(name, b) ? 1 : -1),
      );
      // Where only those can who have their share already, the least laden takes it.
      const [least] = [...ranked].sort((a, b) => loadOf(a) - loadOf(b));
      const taker = ranked.find((member) => loadOf(member) < most) ?? least;
      if (taker !== undefined) give(name, taker);
    }
  };

  const names = [...wanted.keys()].sort();
  const isShare = (name: string) => shareIn(name).of > 1;
  for (const ofKind of Map.groupBy(names.filter(isShare), (name) => shareIn(name).kind).values()) deal(ofKind, true);
  // What stands alone fills up wherever there is room.
  deal(
    names.filter((name) => !isShare(name)),
    false,
  );
  return plan;
}

function weight(name: string, member: string): string {
  return createHash('sha1').update(`${name}|${member}`).digest('hex');
}
