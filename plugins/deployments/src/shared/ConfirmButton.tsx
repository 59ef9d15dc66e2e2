import { makeStyles } from '@material-ui/core/styles';
import { Button, ButtonProps } from '@backstage/ui';
import { TONES } from './tones';

const ENABLED = '&:not([data-disabled="true"]):not([data-ispending="true"])';

const useStyles = makeStyles(
  {
    // The stock themes' own reds are under 4.5:1: below white words in the dark, and as words in the light.
    danger: {
      [ENABLED]: { '--bg': 'var(--bui-negative-bg)' },
      // Nor do they tell a red button that is shut from one that is not.
      '[data-theme-mode="dark"] &[data-disabled="true"]': { opacity: 0.45 },
    },
    quietDanger: { [ENABLED]: { '--fg': TONES.danger.color } },
  },
  { name: 'SlipwayConfirmButton' },
);

/** The button that does what a person is asked about; red where it takes something back. */
export function ConfirmButton(props: ButtonProps) {
  const { destructive, variant } = props;
  const classes = useStyles();
  const danger = variant === 'secondary' ? classes.quietDanger : classes.danger;
  return (
    <Button
      variant="primary"
      className={destructive ? danger : undefined}
      {...props}
    />
  );
}
