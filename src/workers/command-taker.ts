import type { Bus, BusListener, BusRecord } from '../bus/bus.ts';
import { background } from '../lib/background.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { beginSpan, type Span, UNTRACED, within } from '../lib/tracing.ts';
import { mayConcern, type Nudge } from '../model/nudge.ts';
import { ALL_OWNERS, type OwnerShare } from '../model/owner-share.ts';
import type { Commands, WaitingCommand } from '../store/commands.ts';
import { hearNudges } from './nudges.ts';

/** How often it is looked for commands whose nudge was not heard, milliseconds. */
const SWEEP_MS = 1_000;

/** Commands taken at once. */
const MOST_COMMANDS = 100;

export interface CommandTakerOptions {
  readonly about: Nudge['about'];
  /** Left out: everybody's. */
  readonly share?: OwnerShare;
  readonly bus: Bus;
  readonly commands: Commands;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Does what is wanted; the same command may come again after a crash. Throws where it must be tried again later.
   * @returns why it cannot be done, or null.
   */
  readonly obey: (command: WaitingCommand) => Promise<string | null>;
}

/** Takes commands out of the database, one at a time in their order, when it is nudged and once a second. */
export class CommandTaker {
  readonly #options: CommandTakerOptions;
  readonly #closings: Cancel[] = [];
  #taking: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(options: CommandTakerOptions) {
    this.#options = options;
  }

  start(): void {
    const { bus, clock, log } = this.#options;
    const listener: BusListener = { message: (record) => this.#heard(record), restored: () => this.#take() };
    this.#closings.push(
      hearNudges({ bus, clock, log, listener }),
      clock.every(SWEEP_MS, () => this.#take()),
    );
  }

  /** Resolves when the command under way is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const close of this.#closings) close();
    await this.#taking;
  }

  /** What is another share's is not asked for here: shares would else ask once each for the same. */
  #heard({ key, payload }: BusRecord): void {
    const { about, share = ALL_OWNERS } = this.#options;
    if (key === about && (share.of === 1 || mayConcern(JSON.parse(payload) as Nudge, share))) this.#take();
  }

  /** One taking at a time; who asks meanwhile is served by one more. */
  #take(): void {
    if (this.#stopped) return;
    if (this.#taking) {
      this.#again = true;
      return;
    }
    this.#taking = this.#takeAll().finally(() => {
      this.#taking = null;
    });
    background('take commands', this.#taking, this.#options.log);
  }

  async #takeAll(): Promise<void> {
    const { about, commands, clock, log, obey, share = ALL_OWNERS } = this.#options;
    do {
      this.#again = false;
      try {
        const waiting = await commands.waiting(about, MOST_COMMANDS, share);
        for (const command of waiting) {
          if (this.#stopped) return;
          await within(commandSpan(about, command), async () => {
            const refused = await obey(command);
            const failures = new Map(refused === null ? [] : [[command.id, refused]]);
            await commands.done([command.id], failures, clock.now());
          });
        }
        this.#again ||= waiting.length === MOST_COMMANDS;
      } catch (error) {
        log.debug({ about, reason: messageOf(error) }, 'commands cannot be taken now');
      }
    } while (this.#again && !this.#stopped);
  }
}

/**
 * What a worker makes of a command is part of what has asked for it, in whichever process that was. One that nobody traced begins no trace:
 * bots want something all the time.
 */
export function commandSpan(
  about: Nudge['about'],
  { id, trace }: { readonly id: string; readonly trace: string | null },
): Span {
  if (trace === null) return UNTRACED;
  const attributes = {
    'messaging.system': 'tidewire',
    'messaging.destination.name': about,
    'messaging.operation.type': 'process',
    'messaging.message.id': id,
  };
  return beginSpan(`process ${about}`, { kind: 'consumer', parent: trace, attributes });
}
