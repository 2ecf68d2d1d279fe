import { expect, test } from 'vitest';
import { paperStage } from '../support/paper-stage.ts';
import { eventually } from '../support/server.ts';

interface Alert {
  readonly id: string;
  readonly alertType: string;
  readonly state: string;
  readonly severity: string;
  readonly currentValue: string;
  readonly thresholdValue: string;
}

const ALERTS = '{ alerts { edges { node { id alertType state severity currentValue thresholdValue } } } }';

async function limited(limits: string) {
  const stage = await paperStage();
  const { ask } = stage;
  const alert = async (alertType: string) => {
    const { data } = await ask<{ alerts: { edges: { node: Alert }[] } }>(ALERTS);
    return data?.alerts.edges.map(({ node }) => node).find((one) => one.alertType === alertType);
  };
  const becomes = (alertType: string, state: string) =>
    eventually(`${alertType} is ${state}`, async () => (await alert(alertType))?.state === state);
  const change = async (name: 'acknowledgeAlert' | 'resolveAlert', { id }: Alert) =>
    expect((await ask(`mutation { ${name}(input: {id: "${id}"}) { alert { id } } }`)).errors).toBeUndefined();
  await stage.costs('100');
  expect((await ask(`mutation { setOwnerLimits(input: {${limits}}) { limits { version } } }`)).errors).toBeUndefined();
  return { ...stage, alert, becomes, change };
}

const BUY = 'side: BUY, type: MARKET';

test('a position that the price takes beyond its limit is told with limit and value, acknowledged, and ends with the excess', async () => {
  const { placed, costs, alert, becomes, change } = await limited('maxPositionUsd: "250"');
  // Three at 101 would be 303.
  expect((await placed(`${BUY}, quantity: "3"`, 'REJECTED')).rejection).toEqual({
    code: 'POSITION_LIMIT',
    limit: '250',
    actual: '303',
  });
  await placed(`${BUY}, quantity: "2"`, 'FILLED');
  await costs('130');
  await becomes('POSITION_LIMIT_EXCEEDED', 'OPEN');
  const raised = await alert('POSITION_LIMIT_EXCEEDED');
  expect(raised).toMatchObject({ currentValue: '260', thresholdValue: '250', severity: 'CRITICAL' });
  if (!raised) return;
  await change('acknowledgeAlert', raised);
  await becomes('POSITION_LIMIT_EXCEEDED', 'ACKNOWLEDGED');
  await costs('110');
  await becomes('POSITION_LIMIT_EXCEEDED', 'RESOLVED');
});

test('a loss beyond its limit is told with limit and value, may be resolved by hand, and lets orders only reduce', async () => {
  const { placed, costs, alert, becomes, change } = await limited('maxLossUsd: "20"');
  await placed(`${BUY}, quantity: "2"`, 'FILLED');
  // Two at 101 and a fee of 0.202; worth 180: 22.202 are lost.
  await costs('90');
  await becomes('LOSS_LIMIT_EXCEEDED', 'OPEN');
  const raised = await alert('LOSS_LIMIT_EXCEEDED');
  expect(raised).toMatchObject({ currentValue: '-22.202', thresholdValue: '-20' });
  expect((await placed(`${BUY}, quantity: "1"`, 'REJECTED')).rejection).toEqual({
    code: 'LOSS_LIMIT',
    limit: '20',
    actual: '22.202',
  });
  if (raised) await change('resolveAlert', raised);
  await becomes('LOSS_LIMIT_EXCEEDED', 'RESOLVED');
  await placed('side: SELL, type: MARKET, quantity: "1"', 'FILLED');
});

test('all positions together are held to their limit, open orders included', async () => {
  const { placed } = await limited('maxExposureUsd: "300"');
  await placed('side: BUY, type: LIMIT, price: "90", quantity: "2"', 'NEW');
  expect((await placed(`${BUY}, quantity: "2"`, 'REJECTED')).rejection).toEqual({
    code: 'POSITION_LIMIT',
    limit: '300',
    actual: '382',
  });
  await placed(`${BUY}, quantity: "1"`, 'FILLED');
});
