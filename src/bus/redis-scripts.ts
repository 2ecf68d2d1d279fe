import type { Fence } from './lease.ts';
import { LuaScript } from './redis-lua.ts';

/** The first arguments of every script: see {@link LIFE}. */
export interface LifeArguments {
  /** Name of the next epoch, should one begin. */
  readonly candidate: string;
  /** `run_id` of the server on the other end; empty when it does not tell. */
  readonly run: string;
  /** Whether this server keeps across a restart all that it has acknowledged. */
  readonly lasting: boolean;
  /** What this process last saw of the topic; epoch empty before it saw anything. */
  readonly knownEpoch: string;
  readonly knownVersion: number;
}

export function lifeArguments(life: LifeArguments): readonly (string | number)[] {
  return [life.candidate, life.run, life.lasting ? 1 : 0, life.knownEpoch, life.knownVersion];
}

/**
 * The beginning of every script decides whether the topic still lives the life it had. A new epoch begins when its record is gone; when the record is
 * behind what this process was told before; and when another run of the server wrote last, unless it keeps everything
 * across restarts: a server that comes back from a snapshot rewinds without any key telling, and the writes that are
 * lost may be another process's. Wipes what counts by sequence. The latest values stay: they are the newest there are,
 * and carry the epoch in which they were written.
 *
 * KEYS[1] is the topic's life, ARGV 1 to 5 are {@link LifeArguments}; the local `wiped` names what else a life ends with.
 */
const LIFE = `
local function digits(number) return string.format('%.0f', number) end
local candidate, run, lasting, knownEpoch, knownVersion = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local life = redis.call('HMGET', KEYS[1], 'epoch', 'version', 'run')
local epoch, version, lastRun = life[1], tonumber(life[2] or '0'), life[3] or ''
local restarted = run ~= '' and lastRun ~= '' and run ~= lastRun and lasting ~= '1'
if not epoch or restarted or (epoch == knownEpoch and version < knownVersion) then
  redis.call('DEL', KEYS[1])
  for _, key in ipairs(wiped) do redis.call('DEL', key) end
  epoch, version = candidate, 0
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'version', 0, 'run', run)
elseif run ~= '' and run ~= lastRun then
  redis.call('HSET', KEYS[1], 'run', run)
end
`;

/**
 * Refuses a batch that has been stored. A connection that breaks leaves its producer in doubt, so it sends again, with
 * the number it had; a frozen server may even hear the first sending after the second. ARGV[6] is the number.
 */
const REPEAT = (producerKey: string) => `
local batch = tonumber(ARGV[6])
local sent = redis.call('GET', ${producerKey})
if sent then
  local number, inEpoch, answer = string.match(sent, '^(%d+) (%S+) (.*)$')
  if tonumber(number) > batch then return redis.error_reply('LATE a later batch of this producer is stored') end
  if tonumber(number) == batch and inEpoch == epoch then return {epoch, version, answer} end
end
`;

/**
 * The arguments of a publish after those of the life: the number of the batch, and whose lease it comes under, if any.
 */
export function batchArguments(batch: number, fence: Fence | null): readonly (string | number)[] {
  return [batch, fence?.name ?? '', fence?.token ?? 0];
}

/** Refuses a holder of a lease after which another has written here, or has announced itself. ARGV[7], [8]: lease, token. */
const REFUSE_LATE = (fencesKey: string, lease: string, token: string) => `
if ${lease} ~= '' then
  local shown, newest = tonumber(${token}), tonumber(redis.call('HGET', ${fencesKey}, ${lease}) or '0')
  if shown < newest then return redis.error_reply('FENCED another holds the lease') end
  if shown > newest then redis.call('HSET', ${fencesKey}, ${lease}, ${token}) end
end
`;

/** KEYS: fences. ARGV: lease, token. From then on earlier holders are refused, though the new one has written nothing yet. */
export const ANNOUNCE = new LuaScript(`
${REFUSE_LATE('KEYS[1]', 'ARGV[1]', 'ARGV[2]')}
return 'OK'
`);

/** KEYS: latest, life, fences. ARGV: lease, token, then the fields of `latest`, as many of `life` after them. */
export const DROP = new LuaScript(`
${REFUSE_LATE('KEYS[3]', 'ARGV[1]', 'ARGV[2]')}
local half = (#ARGV - 2) / 2
redis.call('HDEL', KEYS[1], unpack(ARGV, 3, 2 + half))
redis.call('HDEL', KEYS[2], unpack(ARGV, 3 + half))
return 'OK'
`);

/** Milliseconds that an answer is remembered: a producer gives a batch up long before. */
const ANSWER_MS = 3_600_000;

const REMEMBER = (producerKey: string) => `
version = version + 1
local answer = table.concat(positions, ',')
redis.call('HSET', KEYS[1], 'version', digits(version))
redis.call('SET', ${producerKey}, digits(batch) .. ' ' .. epoch .. ' ' .. answer, 'PX', ${ANSWER_MS})
`;

/** Entries looked at in one step of trimming: they come with their payloads. */
const TRIM_STEP = 64;

/** Lets go of what is too old or too many, and of its ids with it, at most about `budget` entries. */
const TRIM = `
local function trim(head, now, retentionMs, retentionEvents, budget)
  local function expired(entry)
    return tonumber(string.match(entry[1], '^%d+')) <= head - retentionEvents or tonumber(entry[2][6]) < now - retentionMs
  end
  while budget > 0 do
    local oldest = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
    if not oldest or not expired(oldest) then return end
    local ids, last = {}, 0
    for _, entry in ipairs(redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', ${TRIM_STEP})) do
      if not expired(entry) then break end
      ids[#ids + 1] = entry[2][4]
      last = tonumber(string.match(entry[1], '^%d+'))
    end
    redis.call('HDEL', KEYS[3], unpack(ids))
    redis.call('XTRIM', KEYS[2], 'MINID', digits(last + 1) .. '-0')
    budget = budget - ${TRIM_STEP}
  end
end
`;

/**
 * KEYS: life, stream, ids, producer, fences. ARGV from 6: {@link batchArguments}, channel, now, retention in ms, retention in
 * events, what messages begin with, then key, id and payload of each event. Answers epoch, version, sequences.
 */
export const PUBLISH_EVENTS = new LuaScript(`
${REFUSE_LATE('KEYS[5]', 'ARGV[7]', 'ARGV[8]')}
local wiped = {KEYS[2], KEYS[3]}
${LIFE}
${REPEAT('KEYS[4]')}
${TRIM}
local channel, now, keepMs, keepEvents, address = ARGV[9], ARGV[10], ARGV[11], ARGV[12], ARGV[13]
local before = tonumber(redis.call('HGET', KEYS[1], 'head') or '0')
local head, positions, messages, ids, fresh = before, {}, {}, {}, {}
for at = 14, #ARGV, 3 do ids[#ids + 1] = ARGV[at + 1] end
local seen = {}
for at, sequence in ipairs(redis.call('HMGET', KEYS[3], unpack(ids))) do seen[ids[at]] = seen[ids[at]] or sequence end
for at = 14, #ARGV, 3 do
  local key, id, payload = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local sequence = seen[id]
  if not sequence then
    head = head + 1
    sequence = digits(head)
    redis.call('XADD', KEYS[2], sequence .. '-0', 'k', key, 'i', id, 't', now, 'p', payload)
    seen[id] = sequence
    fresh[#fresh + 1] = id
    fresh[#fresh + 1] = sequence
    messages[#messages + 1] = address .. epoch .. ':' .. sequence .. ':v:' .. key .. '\\n' .. payload
  end
  positions[#positions + 1] = sequence
end
if #fresh > 0 then redis.call('HSET', KEYS[3], unpack(fresh)) end
redis.call('HSET', KEYS[1], 'head', digits(head), 'keepMs', keepMs, 'keepEvents', keepEvents)
${REMEMBER('KEYS[4]')}
for _, message in ipairs(messages) do redis.call('PUBLISH', channel, message) end
if math.floor(head / ${TRIM_STEP}) ~= math.floor(before / ${TRIM_STEP}) then
  trim(head, tonumber(now), tonumber(keepMs), tonumber(keepEvents), ${8 * TRIM_STEP})
end
return {epoch, version, answer}
`);

/**
 * KEYS: life, latest, producer, fences. ARGV from 6: {@link batchArguments}, channel, then key, value and change (or nothing)
 * of each. Answers epoch, version, sequences.
 */
export const PUBLISH_STATES = new LuaScript(`
${REFUSE_LATE('KEYS[4]', 'ARGV[7]', 'ARGV[8]')}
local wiped = {}
${LIFE}
${REPEAT('KEYS[3]')}
local channel, positions, messages = ARGV[9], {}, {}
local fields, numbers, latest = {}, {}, {}
for at = 10, #ARGV, 3 do fields[#fields + 1] = 's:' .. ARGV[at] end
for at, number in ipairs(redis.call('HMGET', KEYS[1], unpack(fields))) do numbers[fields[at]] = tonumber(number or '0') end
for at = 10, #ARGV, 3 do
  local key, value, change = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local number = numbers['s:' .. key] + 1
  numbers['s:' .. key] = number
  local sequence = digits(number)
  local whole = epoch .. ':' .. sequence .. ':v:' .. key .. '\\n' .. value
  latest[key] = whole
  -- The first value of a life has nothing before it that a change could be folded into.
  if change == '' or number == 1 then messages[#messages + 1] = whole
  else messages[#messages + 1] = epoch .. ':' .. sequence .. ':c:' .. key .. '\\n' .. change end
  positions[#positions + 1] = sequence
end
-- One command for all keys: each call out of a script costs more than what it does.
local counted, stored = {}, {}
for key, whole in pairs(latest) do
  counted[#counted + 1] = 's:' .. key
  counted[#counted + 1] = digits(numbers['s:' .. key])
  stored[#stored + 1] = key
  stored[#stored + 1] = whole
end
redis.call('HSET', KEYS[1], unpack(counted))
redis.call('HSET', KEYS[2], unpack(stored))
${REMEMBER('KEYS[3]')}
for _, message in ipairs(messages) do redis.call('PUBLISH', channel, message) end
return {epoch, version, answer}
`);

/**
 * KEYS: life, stream, ids. ARGV from 6: now, `after` or `before`, id of the entry to read from, count. Answers epoch,
 * version, head, oldest, entries. Reading trims too, by what the last publish said of retention: a quiet topic has no
 * publishes that would.
 */
export const READ_EVENTS = new LuaScript(`
local wiped = {KEYS[2], KEYS[3]}
${LIFE}
${TRIM}
local now, direction, from, count = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local stream = redis.call('HMGET', KEYS[1], 'head', 'keepMs', 'keepEvents')
local head = tonumber(stream[1] or '0')
if stream[2] then trim(head, tonumber(now), tonumber(stream[2]), tonumber(stream[3]), ${64 * TRIM_STEP}) end
local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
local oldest = first and tonumber(string.match(first[1], '^%d+')) or head + 1
local entries = {}
if tonumber(count) > 0 then
  if direction == 'after' then entries = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', count)
  else entries = redis.call('XREVRANGE', KEYS[2], from, '-', 'COUNT', count) end
end
return {epoch, version, head, oldest, entries}
`);
