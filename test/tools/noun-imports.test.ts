import { expect, test } from 'vitest';
import { nounImports } from '../../tools/noun-imports.ts';

const ARGUMENTS = "import { builder } from './builder.ts';\nexport const limitOf = () => 1;";
const MARKET = 'export const MarketRef = 1;\nbuilder.queryFields((t) => ({}));\nexport const marketOf = () => 1;';

function priceThatImports(names: string, from: string): ReadonlyMap<string, string> {
  const price = `import ${names} from './${from}';\nbuilder.subscriptionField('prices', (t) => t.field({}));`;
  return new Map([
    ['arguments.ts', ARGUMENTS],
    ['market.ts', MARKET],
    ['price.ts', price],
  ]);
}

test("a noun may import another noun's ref, and anything that is no noun", () => {
  expect(nounImports(priceThatImports('{ MarketRef }', 'market.ts'))).toEqual([]);
  expect(nounImports(priceThatImports('{ MarketRef as Market }', 'market.ts'))).toEqual([]);
  expect(nounImports(priceThatImports('{ limitOf }', 'arguments.ts'))).toEqual([]);
});

test('a noun that reaches into another noun is named, for types too', () => {
  expect(nounImports(priceThatImports('{ MarketRef, marketOf }', 'market.ts'))).toEqual([
    'price.ts -> market.ts: marketOf',
  ]);
  expect(nounImports(priceThatImports('type { Market }', 'market.ts'))).toEqual(['price.ts -> market.ts: Market']);
  expect(nounImports(priceThatImports('{\n  type Market,\n}', 'market.ts'))).toEqual(['price.ts -> market.ts: Market']);
});
