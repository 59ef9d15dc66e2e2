import { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { stringifyError } from '@backstage/errors';
import { NotificationService } from '@backstage/plugin-notifications-node';
import { RunId, RunSummary } from '@slipway/plugin-deployments-common';
import { ServiceLoader } from '../manifest';
import { ChangeFeed, describeRuns } from '../runs';
import { Stores } from '../stores';

const USER_REF = /^user:/;

type Notice = {
  recipients: string[];
  title: string;
  severity: 'normal' | 'high' | 'low';
};

/**
 * Tells those who can approve that they are wanted, and those who asked how it ended: once, however many replicas there are. Returns
 * the function that ends it.
 */
export function notifyPeople(options: {
  changes: ChangeFeed;
  stores: Stores;
  services: ServiceLoader;
  notifications: NotificationService;
  logger: LoggerService;
}): () => void {
  const { changes, stores, services, notifications, logger } = options;

  async function tell(runId: RunId) {
    const record = await stores.runs.require(runId);
    if (!(await stores.runs.claimNotice(record))) {
      return;
    }
    const [run] = await describeRuns({ stores, runs: [record] });
    const notice =
      run.state.phase === 'waiting-for-approval'
        ? await describeWish(run)
        : describeEnd(run);
    if (notice && notice.recipients.length > 0) {
      await notifications.send({
        recipients: {
          type: 'entity',
          entityRef: notice.recipients,
          ...(run.state.phase === 'waiting-for-approval' && {
            excludeEntityRef: run.requestedBy,
          }),
        },
        payload: {
          title: notice.title,
          description: run.reason ?? undefined,
          link: pathOf(run),
          severity: notice.severity,
          topic: 'deployments',
          scope: run.id,
        },
      });
    }
  }

  async function describeWish(run: RunSummary): Promise<Notice> {
    const { planHash } = await stores.runs.require(run.id);
    const { groups } = (await stores.plans.require(planHash)).content.approvals;
    return {
      recipients:
        groups.length > 0
          ? groups
          : [...(await services.load(run.serviceRef)).owners],
      title: `${describe(run)} waits for your approval`,
      severity: 'high',
    };
  }

  return changes.listen(({ what, runId }) => {
    if (what === 'run' && runId) {
      tell(runId).catch(error => {
        logger.debug(`Could not notify of ${runId}: ${stringifyError(error)}`);
      });
    }
  });
}

function describeEnd(run: RunSummary): Notice | undefined {
  const recipients = USER_REF.test(run.requestedBy) ? [run.requestedBy] : [];
  const back = run.rolledBackTo
    ? `, ${run.rolledBackTo.version} serves again`
    : '';
  switch (run.state.phase) {
    case 'succeeded':
      return {
        recipients,
        title: `${describe(run)} succeeded`,
        severity: 'low',
      };
    case 'failed':
    case 'errored':
      return {
        recipients,
        title: `${describe(run)} ${run.state.phase}${back}`,
        severity: 'high',
      };
    case 'rejected':
      return {
        recipients,
        title: `${describe(run)} was rejected: ${run.state.reason}`,
        severity: 'normal',
      };
    case 'cancelled':
    case 'waiting-for-approval':
    case 'waiting-for-gates':
    case 'queued':
    case 'running':
      return undefined;
    default:
      return run.state satisfies never;
  }
}

/** "Promote shop 2.14.0 to production" */
function describe({ operation, serviceRef, environment, to }: RunSummary) {
  const { name } = parseEntityRef(serviceRef);
  switch (operation) {
    case 'deploy':
      return `Deploy ${name} ${to.version} to ${environment}`;
    case 'promote':
      return `Promote ${name} ${to.version} to ${environment}`;
    case 'rollback':
      return `Roll back ${name} in ${environment} to ${to.version}`;
    default:
      return operation satisfies never;
  }
}

/** Where the portal shows a run. */
function pathOf({ id, serviceRef }: RunSummary): string {
  const { kind, namespace, name } = parseEntityRef(serviceRef);
  return `/catalog/${namespace}/${kind}/${name}/deployments/runs/${id}`;
}
