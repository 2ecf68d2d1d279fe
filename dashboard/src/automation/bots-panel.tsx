import type { Latest } from '../data/latest.ts';
import { useIds, useValue } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { percent } from '../format/number.ts';
import { words } from '../format/words.ts';
import {
  type BotState,
  BotsDocument,
  type BotsSubscription,
  PauseBotDocument,
  StartBotDocument,
  StopBotDocument,
} from '../generated/graphql.ts';
import { CommandButton } from '../parts/command-button.tsx';
import { LatestPanel } from '../parts/latest-panel.tsx';
import { number, Table, text, unnamed } from '../parts/table.tsx';
import { kindName } from './kinds.ts';

type Bot = BotsSubscription['botStatus'];

const BOTS = {
  document: BotsDocument,
  variables: {},
  value: ({ botStatus }: BotsSubscription) => botStatus,
};

const TONES: Readonly<Record<BotState, string>> = { RUNNING: 'up', PAUSED: 'warn', STOPPED: '', FAILED: 'down' };

const COLUMNS = [
  text('Bot'),
  text('Status'),
  number('PnL'),
  number('Win rate', 'optional'),
  number('Trades today', 'optional'),
  text('Last', 'last-column optional'),
  unnamed('Start, pause or stop'),
];

export function BotsPanel() {
  return (
    <LatestPanel
      title="Bots"
      area="bots"
      question={BOTS}
      order={(a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id)}
      empty="No bots yet. Make one: it does nothing before it is started."
    >
      {(latest) => <Bots latest={latest} />}
    </LatestPanel>
  );
}

function Bots({ latest }: { readonly latest: Latest<Bot> }) {
  return (
    <Table caption="Your bots" columns={COLUMNS} className="bots">
      <tbody>
        {useIds(latest).map((id) => (
          <Row key={id} id={id} latest={latest} />
        ))}
      </tbody>
    </Table>
  );
}

function Row({ id, latest }: { readonly id: string; readonly latest: Latest<Bot> }) {
  const status = useValue(latest, id);
  if (!status) return null;
  const { name, bot, performance, lastAction, lastError, stale } = status;
  const last = lastError ?? lastAction;
  return (
    <tr className={stale ? 'stale' : undefined}>
      <th scope="row">
        <span className="two-lines">
          <span className="strong">{name}</span>
          <small>
            {kindName(bot.kind)} · {bot.symbol}
          </small>
          {last && <small className="narrow-only">{last}</small>}
        </span>
      </th>
      <td>
        <span className={`chip ${TONES[status.status]}`}>{words(status.status)}</span>
      </td>
      <td className={`number ${decimal.tone(performance.totalPnl)}`}>{decimal.gain(performance.totalPnl)}</td>
      <td className="number optional">{percent(performance.winRatePct, 0)}</td>
      <td className="number optional">{performance.tradesToday}</td>
      <td className={`last-column optional ${lastError === null ? 'muted' : 'down'}`}>{last ?? '—'}</td>
      <td className="number">
        <span className="commands">
          <Commands bot={status} />
        </span>
      </td>
    </tr>
  );
}

/** What can be asked of a bot as it stands; what became of it comes by its status. */
function Commands({ bot: { botId, name, status } }: { readonly bot: Bot }) {
  const bot = { variables: { botId }, of: name };
  return (
    <>
      {status !== 'RUNNING' && (
        <CommandButton mutation={StartBotDocument} {...bot}>
          Start
        </CommandButton>
      )}
      {status === 'RUNNING' && (
        <CommandButton mutation={PauseBotDocument} {...bot}>
          Pause
        </CommandButton>
      )}
      {(status === 'RUNNING' || status === 'PAUSED') && (
        <CommandButton mutation={StopBotDocument} {...bot}>
          Stop
        </CommandButton>
      )}
    </>
  );
}
