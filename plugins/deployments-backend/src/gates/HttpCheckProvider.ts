import { UrlReaderService } from '@backstage/backend-plugin-api';
import { isError, stringifyError } from '@backstage/errors';
import {
  CheckContext,
  CheckProvider,
  CheckResult,
} from '@slipway/plugin-deployments-node';
import { z } from 'zod';
import { readLimited } from '../readLimited';

/** An answer above this is no answer to a check. */
const MAX_ANSWER_BYTES = 1024 * 1024;

const parametersSchema = z
  .strictObject({
    url: z
      .string()
      .max(2_000)
      .regex(/^https?:\/\//, 'a URL begins with https:// or http://')
      .refine(isSafe, 'the host, and who asks it, cannot be placeholders')
      .describe(
        'Asked with GET. {service}, {environment}, {version}, {commit} and {release} stand for what is to be deployed.',
      ),
    contains: z
      .string()
      .min(1)
      .max(1_000)
      .optional()
      .describe('What the answer has to hold.'),
    field: z
      .string()
      .max(100)
      .regex(/^[A-Za-z0-9_.-]+$/)
      .optional()
      .describe('Member of the JSON answer (dots go deeper).'),
    equals: z
      .union([z.string().max(1_000), z.number(), z.boolean()])
      .optional()
      .describe('What that member has to be.'),
  })
  .refine(
    ({ field, equals }) => (field === undefined) === (equals === undefined),
    'write `field` and `equals` together',
  );

type Parameters = z.infer<typeof parametersSchema>;

/**
 * Asks a URL through the portal's URL reader, and with that only the hosts that administrators allow. Nothing of the
 * answer is shown: who reads a run need not be allowed to read it.
 */
export class HttpCheckProvider implements CheckProvider<Parameters> {
  readonly kind = 'http';
  readonly parametersSchema = parametersSchema;
  readonly #urlReader: UrlReaderService;

  constructor(options: { urlReader: UrlReaderService }) {
    this.#urlReader = options.urlReader;
  }

  async check(context: CheckContext<Parameters>): Promise<CheckResult> {
    const { parameters, signal, logger } = context;
    const url = fillIn(parameters.url, context);
    const { host, origin, pathname } = new URL(url);
    // A query may carry a token: it is neither kept nor shown.
    const evidence = { text: host, url: `${origin}${pathname}` };
    try {
      const response = await this.#urlReader.readUrl(url, { signal });
      const text = await readLimited(response, MAX_ANSWER_BYTES);
      return { ...judgeAnswer(parameters, host, text), evidence };
    } catch (error) {
      if (isError(error) && error.name === 'NotAllowedError') {
        return {
          state: 'failed',
          reason: `${host} may not be asked. Administrators allow hosts with backend.reading.allow in app-config.`,
          evidence: null,
        };
      }
      if (isError(error) && error.name === 'NotFoundError') {
        return {
          state: 'failed',
          reason: `${host} knows nothing of it (404).`,
          evidence,
        };
      }
      if (!signal.aborted) {
        // What the reader says holds the whole URL.
        logger.warn(`${host} could not be asked for a check`, {
          error: stringifyError(error),
        });
      }
      return {
        state: 'pending',
        reason: `${host} could not be asked. The portal’s log says why.`,
        evidence,
      };
    }
  }
}

function judgeAnswer(
  { contains, field, equals }: Parameters,
  host: string,
  text: string | undefined,
): Pick<CheckResult, 'state' | 'reason'> {
  if (text === undefined) {
    return { state: 'failed', reason: `${host} answers with more than 1 MB.` };
  }
  if (contains !== undefined && !text.includes(contains)) {
    return {
      state: 'failed',
      reason: `The answer of ${host} does not hold \`${contains}\`.`,
    };
  }
  if (field !== undefined && readField(text, field) !== equals) {
    return {
      state: 'failed',
      reason: `\`${field}\` in the answer of ${host} is not \`${equals}\`.`,
    };
  }
  return { state: 'passed', reason: `${host} answers as it has to.` };
}

function readField(text: string, field: string): unknown {
  try {
    return field
      .split('.')
      .reduce<unknown>(
        (value, name) =>
          typeof value === 'object' && value !== null
            ? Object.getOwnPropertyDescriptor(value, name)?.value
            : undefined,
        JSON.parse(text),
      );
  } catch {
    return undefined;
  }
}

function fillIn(url: string, context: CheckContext<Parameters>): string {
  const values: Record<string, string> = {
    service: context.serviceRef,
    environment: context.environment,
    version: context.release.version,
    commit: context.release.commit.id,
    release: context.release.id,
  };
  return url.replace(/\{([a-z]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? encodeURIComponent(values[name]) : whole,
  );
}

/** Whether a URL names its host by itself, and carries no password. */
function isSafe(url: string): boolean {
  const [authority = ''] = url.replace(/^https?:\/\//, '').split(/[/?#]/);
  return (
    /^[A-Za-z0-9.[\]:-]+$/.test(authority) &&
    URL.canParse(url.replaceAll(/[{}]/g, ''))
  );
}
