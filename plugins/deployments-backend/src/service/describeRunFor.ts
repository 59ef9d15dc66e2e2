import {
  deploymentsApprovePermission,
  deploymentsCancelPermission,
  deploymentsCheckOverridePermission,
  deploymentsFreezeOverridePermission,
  deploymentsReleasePermission,
  deploymentsRollbackPermission,
  Run,
} from '@slipway/plugin-deployments-common';
import { describeRun } from '../runs';
import { RunRecord, Stores } from '../stores';
import { Access, CallOptions, PERMISSION_OF } from './Access';
import {
  mayApprove,
  mayCancel,
  mayReleaseRun,
  mayRetry,
  mayRollback,
} from './availability';
import { describeGatesFor } from './describeGatesFor';

/** A run with its steps, and what the caller may do to it now. */
export async function describeRunFor(options: {
  record: RunRecord;
  stores: Stores;
  access: Access;
  call: CallOptions;
}): Promise<Run> {
  const { record, stores, access, call } = options;
  const { serviceRef, environment } = record;
  const caller = await access.identify(call);
  const run = await describeRun({ stores, runId: record.id });
  const plan = await stores.plans.require(record.planHash);
  const observed = await stores.observedStates.get(serviceRef, environment);
  const [
    approve,
    cancel,
    operate,
    rollback,
    release,
    overrideFreeze,
    overrideCheck,
  ] = await access.listPermits(
    [
      deploymentsApprovePermission,
      deploymentsCancelPermission,
      PERMISSION_OF[record.operation],
      deploymentsRollbackPermission,
      deploymentsReleasePermission,
      deploymentsFreezeOverridePermission,
      deploymentsCheckOverridePermission,
    ],
    record,
    call,
  );
  return {
    ...run,
    gates: describeGatesFor({
      gates: run.gates,
      run: record,
      caller,
      selfApproval: plan.content.approvals.selfApproval,
      permits: { tick: operate, overrideFreeze, overrideCheck },
    }),
    may: {
      approve: mayApprove({
        permit: approve,
        caller,
        run: record,
        rules: plan.content.approvals,
        approvals: run.approvals,
      }),
      cancel: mayCancel({ permit: cancel, caller, run: record }),
      retry: mayRetry({ permit: operate, run: record }),
      rollback: mayRollback({
        permit: rollback,
        environment,
        observed: observed ?? null,
      }),
      release: mayReleaseRun({ permit: release, caller, stuck: run.stuck }),
    },
  };
}
