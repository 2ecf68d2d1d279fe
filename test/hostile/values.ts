/** What an argument may be given by somebody who means harm, whatever its type. */

/** Names that every object of JavaScript answers to. */
export const PROTOTYPE_NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'];

const list = (length: number, value: string) => `[${Array.from({ length }, () => value).join(',')}]`;

const nested = (depth: number, open: string, core: string, close: string) =>
  open.repeat(depth) + core + close.repeat(depth);

const id = (text: string) => JSON.stringify(Buffer.from(text).toString('base64url'));

/** A cursor of a topic as the product writes it: base64url of what stands here. */
const CURSORS = ['trades|1|1', 'trades:0:0', 'nothing|x|-1', '', '{}', '[]', '{"__proto__":1}', '\u0000'].map(id);

const TEXTS = [
  ...['', ' ', '\u0000', 'a\u0000b', '\ufeff', '\u2028', '\u202e', '\ud800', '\udfff\ud800', '💥'.repeat(100)],
  ...['NaN', 'Infinity', '-Infinity', '1e400', '-1e-400', '1e-999999999', '0x10', '0b1', '1_000', '+1', '.5', '5.'],
  ...['-0', '00', '1,5', '١٢٣', '½', '9'.repeat(5_000), `0.${'0'.repeat(5_000)}1`, `1e${'9'.repeat(100)}`],
  ...['null', 'undefined', 'true', '[object Object]', '../../../etc/passwd', '%00', '%s%n', '{{7*7}}'],
  ...["'; DROP TABLE users; --", "' OR '1'='1", '*', '|', 'a|b|c', 'A'.repeat(60_000), '\r\nX: y', '<script>'],
  ...['BTCUSDT', 'btcusdt', '0x', `0x${'0'.repeat(40)}`, `0x${'F'.repeat(40)}`, `0x${'0'.repeat(4_000)}`],
  ...['2026-01-01T00:00:00Z', '0000-00-00T00:00:00Z', '+275760-09-13T00:00:00.001Z', '9999-12-31T23:59:60Z', '2026'],
  ...PROTOTYPE_NAMES,
];

const NUMBERS = [
  ...['0', '-0', '-1', '1', '1.5', '200', '201', '501', '2147483647', '2147483648', '-2147483649', '4294967296'],
  ...['9007199254740993', '1e400', '-1e400', '1e-400', '5e-324', '9'.repeat(400), '0.1', '1e3'],
];

const IDS = [
  ...['Price:BTCUSDT|simulated', 'Price:', ':', 'Price', 'Trade:a|b|c', 'Trade:a|b|9999999999999999999', 'Nothing:1'],
  ...['ApiKey:01a1fc43-69bb-74a6-8503-92e57b1e5687', 'ApiKey:x', "ApiKey:'", 'Session:x', 'DeliveryStats:x'],
  ...[
    'Orderbook:BTCUSDT|simulated|20|FULL',
    'Orderbook:|||',
    'Orderbook:A|B|1e9|X',
    'Market:\u0000',
    'Market:__proto__',
  ],
  ...PROTOTYPE_NAMES.map((name) => `${name}:1`),
  `Price:${'x'.repeat(10_000)}`,
].map(id);

/** As JSON text: some could not be written by `JSON.stringify`. */
export const JSON_VALUES: readonly string[] = [
  ...['null', 'true', 'false', '{}', '[]', '[null]', '[[]]', '[{}]', '[[[["a"]]]]'],
  ...NUMBERS,
  ...TEXTS.map((text) => JSON.stringify(text)),
  ...IDS,
  ...CURSORS,
  list(201, '"BTCUSDT"'),
  list(200, '"BTCUSDT"'),
  list(201, '1'),
  list(2_000, 'null'),
  nested(9, '[', '1', ']'),
  nested(2_000, '[', '1', ']'),
  nested(2_000, '{"a":', '1', '}'),
  ...PROTOTYPE_NAMES.map((name) => `{"${name}":{"polluted":true}}`),
  '{"length":4294967295}',
  '{"then":{}}',
  '{"toJSON":1}',
  '{"value":"BTCUSDT","value":null}',
  '["BTCUSDT",null,1,{}]',
];

/** As literals of a document. */
export const LITERALS: readonly string[] = [
  ...[
    'null',
    'true',
    '{}',
    '[]',
    '[[]]',
    '$nothing',
    'NaN',
    'BUY',
    ...PROTOTYPE_NAMES,
    '"""',
    '""" " """',
    '"\\uD800"',
  ],
  ...['1e400', '-1e400', '01', '0x10', '1.', '.1', '1e', '-', '9'.repeat(1_000), '"\\q"', '"\\u{110000}"', '"\n"'],
  ...['"\\u0000"', '{a: 1}', '{__proto__: 1}', '{a: {a: {a: {a: 1}}}}', '[1, "a", null, {}]', 'on', 'fragment'],
  nested(50, '[', '1', ']'),
  nested(50, '{a: ', '1', '}'),
  list(201, '"BTCUSDT"'),
  list(201, '1'),
];
