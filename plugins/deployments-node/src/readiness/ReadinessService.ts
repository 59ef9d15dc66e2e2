import {
  createServiceFactory,
  createServiceRef,
} from '@backstage/backend-plugin-api';

/** Something without which the portal cannot do its work. */
export type ReadinessCheck = {
  /** What it is about, for people: `the database of deployments`. */
  name: string;
  /** Throws where it is not well. */
  check(): Promise<void>;
};

/** Where plugins say what the portal's readiness depends on. */
export interface ReadinessService {
  addCheck(check: ReadinessCheck): void;

  /** Names of the checks that fail now. */
  listFailing(): Promise<string[]>;
}

/** How long a check may take, milliseconds: less than the second after which probes commonly give up would find slow databases down. */
const DEFAULT_TIMEOUT_MS = 3_000;

/** Checks that are asked all at once; one that does not answer in time fails. */
export class ReadinessChecks implements ReadinessService {
  readonly #checks: ReadinessCheck[] = [];
  readonly #timeoutMs: number;

  constructor(options: { timeoutMs?: number } = {}) {
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  addCheck(check: ReadinessCheck): void {
    this.#checks.push(check);
  }

  async listFailing(): Promise<string[]> {
    const passed = await Promise.all(
      this.#checks.map(check => this.#passes(check)),
    );
    return this.#checks.filter((_, i) => !passed[i]).map(({ name }) => name);
  }

  async #passes({ check }: ReadinessCheck): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>(resolve => {
      timer = setTimeout(() => resolve(false), this.#timeoutMs);
    });
    const answer = check().then(
      () => true,
      () => false,
    );
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }
}

/** The portal's one {@link ReadinessService}. It shows once the portal's health is made of it: see `deploymentsRootHealthServiceFactory` of the backend. */
export const readinessServiceRef = createServiceRef<ReadinessService>({
  id: 'slipway.readiness',
  scope: 'root',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: {},
      factory: () => new ReadinessChecks(),
    }),
});
