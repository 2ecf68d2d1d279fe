import { parse, validate, execute, getIntrospectionQuery } from 'graphql';
import { schema } from './src/schema/index.ts';
import { Operations } from './src/server/operation.ts';
import { Refusals } from './src/server/limits/refusals.ts';
import { WIDE_LIMITS } from './test/support/wide-limits.ts';
import { MessageBudget } from './src/server/limits/message-budget.ts';
import { measured } from './src/server/limits/document-shape.ts';
const t = (n: string, times: number, f: () => unknown) => { for (let i=0;i<Math.min(times,2000);i++) f(); const a=performance.now(); for (let i=0;i<times;i++) f(); console.log(n, ((performance.now()-a)/times*1000).toFixed(2),'us'); };
const ops = new Operations(schema, {...WIDE_LIMITS, maxAliases: 50, maxFields: 1000, maxComparisons: 5000}, new Refusals());
const budget = { take: () => undefined };
const OPS = {
  prices: 'subscription Prices { prices(filter: {symbols: ["BTCUSDT"]}) { id symbol source price open24h high24h low24h close volume24h change24h changePct24h volatilityPct stale snapshot sequence conflated timestamp receivedAt } }',
  book: 'query ($d: Int!) { orderbook(symbol: "BTCUSDT", depth: $d) { id symbol source bids { price size } asks { price size } sequence snapshot stale timestamp } }',
  trades: 'subscription ($after: Cursor) { trades(after: $after) { tradeId cursor replayed } }',
};
for (const [n, q] of Object.entries(OPS)) {
  const variables = n === 'book' ? { d: 20 } : {};
  t(`prepare, known, ${n}`, 50_000, () => ops.prepare({ query: q, variables }, budget));
  const doc = parse(q); t(`shape ${n}`, 50_000, () => measured(doc, new Map(), WIDE_LIMITS));
  t(`parse+validate ${n}`, 300, () => validate(schema, parse(q)));
}
const b = new MessageBudget(WIDE_LIMITS, 0); let now=0;
t('charge', 5_000_000, () => b.charge(now += 1, 0));
// dense document of 2,000 tokens, 50 aliases allowed
const dense = `{ ${Array.from({length:19},(_,k)=>`prices { ...F }`).join(' ')} } fragment F on Price { ${'id symbol source price stale sequence snapshot market { id symbol } '.repeat(80)} }`;
const d1 = `{ prices { ${'id symbol source price stale '.repeat(395)} } }`;
const d2 = `{ prices { ${Array.from({length:330},()=>'market { id } ').join(' ')} } }`;
const d3 = `{ ${Array.from({length:195},()=>'prices { ...F }').join(' ')} } fragment F on Price { ${'id symbol source price stale '.repeat(30)} }`;
for (const [n,q] of Object.entries({dense,d1,d2,d3})) {
  const doc = parse(q); const a = performance.now(); const e = validate(schema, doc); console.log(n, doc.tokenCount, 'validate', (performance.now()-a).toFixed(1), 'ms', e.length);
  const x=performance.now(); try { measured(doc, new Map(doc.definitions.flatMap((f:any)=>f.kind==='FragmentDefinition'?[[f.name.value,f]]:[])), {...WIDE_LIMITS, maxRootFields:20, maxFields:1000}); console.log(' shape ok', (performance.now()-x).toFixed(2)); } catch (err) { console.log(' shape', (err as Error).message, (performance.now()-x).toFixed(2)); }
}
// introspection
const run = (q: string) => { const doc = parse(q); const e = validate(schema, doc); if (e.length) return console.log('invalid', e[0]!.message.slice(0,100)); const a=performance.now(); const r = execute({schema, document: doc}) as any; console.log('introspection', doc.tokenCount, (performance.now()-a).toFixed(1), 'ms', JSON.stringify(r).length); };
run(getIntrospectionQuery()); run(getIntrospectionQuery());
const al = Array.from({length:49},(_,i)=>`a${i}: __schema { types { name fields { name args { name type { name ofType { name ofType { name } } } } type { name ofType { name ofType { name ofType {name } } } } } } }`).join(' ');
run(`{ ${al} }`); 
const al2 = `{ __schema { types { ${Array.from({length:49},(_,i)=>`a${i}: fields { name description args { name description type { name kind ofType { name kind ofType { name } } } } type { name kind ofType { name kind } } }`).join(' ')} } } }`;
run(al2);
const al3 = `{ __schema { types { ${Array.from({length:49},(_,i)=>`a${i}: fields { name args { name type { name } } type { name } }`).join(' ')} } } }`;
run(al3);
