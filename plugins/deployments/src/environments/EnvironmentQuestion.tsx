import { Hold, Run, ServiceRef } from '@slipway/plugin-deployments-common';
import { HoldDialog } from '../holds/HoldDialog';
import { ReleaseHoldDialog } from '../holds/ReleaseHoldDialog';
import { ReleaseRunDialog } from '../holds/ReleaseRunDialog';
import { OpenEnvironment } from './types';

/** What a person wants to do to an environment, as they saw it when they chose. */
export type Question =
  | { about: 'hold' }
  | { about: 'release-hold'; hold: Hold }
  | { about: 'release-run'; run: Run };

/** The dialog that asks once more; it stays while what it is about changes under it. */
export function EnvironmentQuestion(props: {
  question: Question | undefined;
  serviceRef: ServiceRef;
  environment: OpenEnvironment;
  /** Called once it is done; the dialog closes when the card shows it. */
  onChanged: () => Promise<unknown>;
  onClose: () => void;
}) {
  const { question, serviceRef, environment, onChanged, onClose } = props;
  switch (question?.about) {
    case undefined:
      return null;
    case 'hold':
      return (
        <HoldDialog
          serviceRef={serviceRef}
          environment={environment}
          onHeld={onChanged}
          onClose={onClose}
        />
      );
    case 'release-hold':
      return (
        <ReleaseHoldDialog
          serviceRef={serviceRef}
          environment={environment}
          hold={question.hold}
          onReleased={onChanged}
          onClose={onClose}
        />
      );
    case 'release-run':
      return (
        <ReleaseRunDialog
          run={question.run}
          onReleased={onChanged}
          onClose={onClose}
        />
      );
    default:
      return question satisfies never;
  }
}
