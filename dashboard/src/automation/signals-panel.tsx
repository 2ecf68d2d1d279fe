import { Recent } from '../data/recent.ts';
import { useEvents, useStream } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { clock } from '../format/time.ts';
import { words } from '../format/words.ts';
import { SignalsDocument, type SignalsSubscription, type SignalType } from '../generated/graphql.ts';
import { Panel } from '../parts/panel.tsx';

type Signal = SignalsSubscription['signals'];

const KEPT = 100;

const SIGNALS = {
  document: SignalsDocument,
  variables: { last: KEPT },
  value: ({ signals }: SignalsSubscription) => signals,
};

const TONES: Readonly<Record<SignalType, string>> = { BUY: 'up', SELL: 'down', HOLD: '' };

export function SignalsPanel() {
  const recent = useStream(SIGNALS, () => new Recent<Signal>(KEPT));
  return (
    <Panel
      title="Signals"
      area="signals"
      collection={recent}
      question={SIGNALS}
      empty="No strategy has said anything yet."
    >
      <Table recent={recent} />
    </Panel>
  );
}

function Table({ recent }: { readonly recent: Recent<Signal> }) {
  return (
    <table>
      <caption className="hidden">Signals, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Market</th>
          <th scope="col">Signal</th>
          <th scope="col">Strategy</th>
          <th scope="col" className="number">
            Price
          </th>
          <th scope="col">Confidence</th>
          <th scope="col" className="number">
            Time
          </th>
        </tr>
      </thead>
      <tbody>
        {useEvents(recent).map(({ cursor, symbol, signalType, strategy, interval, price, confidence, timestamp }) => (
          <tr key={cursor}>
            <th scope="row" className="strong">
              {symbol}
            </th>
            <td>
              <span className={`chip ${TONES[signalType]}`}>{words(signalType)}</span>
            </td>
            <td>
              {strategy} {interval && <span className="muted">{interval}</span>}
            </td>
            <td className="number">{decimal.price(price)}</td>
            <td>
              <span className="health">
                <span className="health-track" aria-hidden="true">
                  <span style={{ transform: `scaleX(${Math.round(confidence * 100) / 100})` }} />
                </span>
                {confidence.toFixed(2)}
              </span>
            </td>
            <td className="number muted">{clock(timestamp)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
