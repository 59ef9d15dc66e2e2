import { LoggerService } from '@backstage/backend-plugin-api';
import { isError } from '@backstage/errors';
import { Release } from '@slipway/plugin-deployments-common';
import {
  CheckProvider,
  CheckResult,
  RequiredCheckSpec,
  TargetEnvironment,
} from '@slipway/plugin-deployments-node';
import { cleanText } from '../runs/log/cleanText';
import { Judgement } from './Judgement';

/** How long another system may take to answer. */
const TIMEOUT_MS = 15_000;

/** How long an answer serves all who look: many people at one run ask no more than one. */
const FRESH_MS = 10_000;

const MAX_REASON_CHARS = 500;

const STATE_OF: Record<CheckResult['state'], Judgement['state']> = {
  passed: 'open',
  pending: 'waiting',
  failed: 'blocked',
};

type Answer = { at: number; judgement: Promise<Judgement> };

/** Asks the providers of checks, and keeps their answers for a moment. */
export class CheckAsker {
  readonly #providers: ReadonlyMap<string, CheckProvider>;
  readonly #logger: LoggerService;
  readonly #answers = new Map<string, Answer>();

  constructor(options: {
    providers: ReadonlyMap<string, CheckProvider>;
    logger: LoggerService;
  }) {
    this.#providers = options.providers;
    this.#logger = options.logger;
  }

  /** Never throws: a system that cannot be asked keeps the run waiting. */
  ask(options: {
    environment: TargetEnvironment;
    release: Release;
    check: RequiredCheckSpec;
    at: Date;
  }): Promise<Judgement> {
    const { environment, release, check } = options;
    const at = options.at.getTime();
    for (const [key, answer] of this.#answers) {
      if (Math.abs(at - answer.at) > FRESH_MS) {
        this.#answers.delete(key);
      }
    }
    const key = JSON.stringify([
      environment.serviceRef,
      environment.name,
      release.id,
      check.kind,
      check.parameters,
    ]);
    const known = this.#answers.get(key);
    if (known) {
      return known.judgement;
    }
    const judgement = this.#ask(options);
    this.#answers.set(key, { at, judgement });
    return judgement;
  }

  async #ask(options: {
    environment: TargetEnvironment;
    release: Release;
    check: RequiredCheckSpec;
  }): Promise<Judgement> {
    const { environment, release, check } = options;
    const provider = this.#providers.get(check.kind);
    if (!provider) {
      return {
        state: 'blocked',
        reason: `The kind of check ${check.kind} is not installed.`,
      };
    }
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const parameters = provider.parametersSchema.parse(check.parameters);
      const result = await Promise.race([
        provider.check({
          serviceRef: environment.serviceRef,
          environment: environment.name,
          repository: environment.manifest.repository ?? '',
          release,
          parameters,
          logger: this.#logger,
          signal,
        }),
        rejectOnAbort(signal),
      ]);
      return {
        state: STATE_OF[result.state],
        reason: shorten(result.reason),
        evidence: result.evidence,
      };
    } catch (error) {
      const message = isError(error) ? error.message : String(error);
      return {
        state: 'waiting',
        reason: shorten(
          signal.aborted
            ? `No answer within ${TIMEOUT_MS / 1_000} s.`
            : `It could not be asked: ${message}`,
        ),
      };
    }
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), {
      once: true,
    });
  });
}

function shorten(text: string): string {
  return cleanText(text).slice(0, MAX_REASON_CHARS);
}
