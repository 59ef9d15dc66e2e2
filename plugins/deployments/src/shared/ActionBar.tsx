import { useId } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { Button, ButtonProps } from '@backstage/ui';
import { RiLockLine } from '@remixicon/react';
import { Availability } from '@slipway/plugin-deployments-common';
import { QUIET } from './tones';

export type Action = {
  label: string;
  availability: Availability;
  onPress: () => void;
  variant?: 'primary' | 'secondary' | 'tertiary';
  isPending?: boolean;
};

const useStyles = makeStyles(
  {
    buttons: { display: 'flex', flexWrap: 'wrap', gap: 8 },
    reasons: {
      display: 'flex',
      flexDirection: 'column',
      gap: 4,
      margin: '8px 0 0',
      padding: 0,
      listStyle: 'none',
      color: QUIET,
      fontSize: 'var(--bui-font-size-2)',
      lineHeight: 1.45,
    },
    reason: {
      display: 'flex',
      gap: 6,
      '& > svg': { flex: 'none', marginTop: 2 },
    },
  },
  { name: 'SlipwayActionBar' },
);

/** Buttons, and below them as text why one of them is shut: a disabled button takes no focus, so no tooltip could say it. */
export function ActionBar({ actions }: { actions: readonly Action[] }) {
  const classes = useStyles();
  const id = useId();
  const reasons = groupReasons(actions);
  return (
    <div>
      <div className={classes.buttons}>
        {actions.map(action => (
          <Button
            key={action.label}
            {...buttonProps(action)}
            aria-describedby={describedBy(id, action, reasons)}
          >
            {action.label}
          </Button>
        ))}
      </div>
      {reasons.length > 0 && (
        <ul className={classes.reasons}>
          {reasons.map(({ labels, reason }, index) => (
            <li key={reason} id={`${id}-${index}`} className={classes.reason}>
              <RiLockLine size={13} aria-hidden />
              <span>
                <strong>{labels.join(', ')}:</strong> {reason}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

type Reason = { reason: string; labels: string[] };

function groupReasons(actions: readonly Action[]): Reason[] {
  const reasons: Reason[] = [];
  for (const { label, availability } of actions) {
    if (!availability.allowed) {
      const { reason } = availability;
      const known = reasons.find(r => r.reason === reason);
      if (known) {
        known.labels.push(label);
      } else {
        reasons.push({ reason, labels: [label] });
      }
    }
  }
  return reasons;
}

function describedBy(
  id: string,
  { availability }: Action,
  reasons: readonly Reason[],
): string | undefined {
  if (availability.allowed) {
    return undefined;
  }
  const index = reasons.findIndex(r => r.reason === availability.reason);
  return `${id}-${index}`;
}

function buttonProps(action: Action): ButtonProps {
  return {
    size: 'small',
    variant: action.variant ?? 'secondary',
    isPending: action.isPending,
    isDisabled: !action.availability.allowed,
    onPress: action.onPress,
  };
}
