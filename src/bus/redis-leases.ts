import { type Fence, LEASE_MS, type LeaseRequest, type Leases, type LeaseView } from './lease.ts';
import type { RedisClient } from './redis-client.ts';
import { LuaScript } from './redis-lua.ts';

/**
 * Times are the server's own: processes' clocks differ. One that stepped back shows itself by an end that is further away
 * than any could be, and such a lease counts as run out: its holder renews it within the second, a dead one does not.
 *
 * KEYS: held, members, tokens. ARGV: member, milliseconds, what it wants (empty: it leaves), then `keep`, `take` or `give`
 * with name and token each. Answers what it holds as name, token, ...; who holds what as name, member, ...; who is there
 * as member, wants, ...; of what it has taken now, as name, other, ..., the shares of another number that it stands in the place of.
 */
const EXCHANGE = new LuaScript(`
local function digits(number) return string.format('%.0f', number) end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local me, ms, wants = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local function lasts(ending) return ending > now and ending <= now + ms end
local function holder(name)
  local entry = redis.call('HGET', KEYS[1], name)
  if not entry then return nil end
  local ending, token, member = string.match(entry, '^(%d+) (%d+) (.+)$')
  if not lasts(tonumber(ending)) then return nil end
  return member, tonumber(token)
end
-- A family is dealt out to a number of shares: those of another number are other shares of the same.
local function family(name)
  local kind, of = string.match(name, '^(.+):%d+/(%d+)$')
  if kind then return kind, of end
  return name, '1'
end
local superseded = {}
local function others(name, visit)
  local kind, of = family(name)
  for _, other in ipairs(redis.call('HKEYS', KEYS[3])) do
    local otherKind, otherOf = family(other)
    if otherKind == kind and otherOf ~= of then visit(other) end
  end
end
local function excluded(name)
  local found = false
  others(name, function(other) if holder(other) then found = true end end)
  return found
end
local ends = digits(now + ms)
local held = {}
local function hold(name, token)
  redis.call('HSET', KEYS[1], name, ends .. ' ' .. digits(token) .. ' ' .. me)
  redis.call('HSET', KEYS[3], name, digits(token))
  held[#held + 1] = name
  held[#held + 1] = digits(token)
end
if wants == '' then redis.call('HDEL', KEYS[2], me)
else redis.call('HSET', KEYS[2], me, ends .. ' ' .. wants) end
for at = 4, #ARGV, 3 do
  local act, name, token = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  local member, current = holder(name)
  local last = tonumber(redis.call('HGET', KEYS[3], name) or '0')
  if act == 'give' then
    if member == me and current == token then redis.call('HDEL', KEYS[1], name) end
  elseif act == 'keep' then
    -- Run out, but nobody has come; or a store that was emptied, which knows of nobody.
    if (member == me and current == token) or (not member and last <= token and not excluded(name)) then hold(name, token) end
  elseif not member and not excluded(name) then
    -- Not below the time: a store that has lost its count gives no number twice.
    local fresh = math.max(last + 1, now)
    others(name, function(other)
      fresh = math.max(fresh, tonumber(redis.call('HGET', KEYS[3], other) or '0') + 1)
    end)
    hold(name, fresh)
    -- Who held a share of another number and stood still since is late, too: it can neither renew nor write.
    others(name, function(other)
      redis.call('HSET', KEYS[3], other, digits(fresh))
      superseded[#superseded + 1] = name
      superseded[#superseded + 1] = other
    end)
  end
end
local holders, members = {}, {}
for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
  local member = holder(name)
  if member then
    holders[#holders + 1] = name
    holders[#holders + 1] = member
  end
end
local there = redis.call('HGETALL', KEYS[2])
for at = 1, #there, 2 do
  local ending, what = string.match(there[at + 1], '^(%d+) (.*)$')
  if lasts(tonumber(ending)) then
    members[#members + 1] = there[at]
    members[#members + 1] = what
  else redis.call('HDEL', KEYS[2], there[at]) end
end
return {held, holders, members, superseded}
`);

/** Leases of the processes that share a Redis and a prefix. */
export class RedisLeases implements Leases {
  readonly #prefix: string;
  readonly #call: <T>(send: (client: RedisClient) => Promise<T>) => Promise<T>;

  constructor(prefix: string, call: <T>(send: (client: RedisClient) => Promise<T>) => Promise<T>) {
    this.#prefix = `${prefix}:{leases}`;
    this.#call = call;
  }

  async exchange({ member, wants, keep, take, give }: LeaseRequest): Promise<LeaseView> {
    const [held, holders, members, superseded] = await this.#ask(member, wants.join(' '), [
      ...given(give),
      ...keep.flatMap(({ name, token }) => ['keep', name, token]),
      ...take.flatMap((name) => ['take', name, 0]),
    ]);
    return {
      held: pairs(held).map(([name, token]) => ({ name, token: Number(token) })),
      holders: new Map(pairs(holders)),
      superseded: pairs(superseded),
      members: new Map(pairs(members).map(([name, could]) => [name, could.split(' ')])),
    };
  }

  async leave(member: string, held: readonly Fence[]): Promise<void> {
    await this.#ask(member, '', given(held));
  }

  async #ask(
    member: string,
    wants: string,
    acts: readonly (string | number)[],
  ): Promise<readonly (readonly string[])[]> {
    const keys = ['held', 'members', 'tokens'].map((what) => `${this.#prefix}:${what}`);
    return (await this.#call((client) => EXCHANGE.run(client, keys, [member, LEASE_MS, wants, ...acts]))) as string[][];
  }
}

function given(fences: readonly Fence[]): readonly (string | number)[] {
  return fences.flatMap(({ name, token }) => ['give', name, token]);
}

function pairs(flat: readonly string[] = []): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) found.push([flat[at] ?? '', flat[at + 1] ?? '']);
  return found;
}
