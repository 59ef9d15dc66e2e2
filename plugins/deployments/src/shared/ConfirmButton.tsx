import { makeStyles } from '@material-ui/core/styles';
import { Button, ButtonProps } from '@backstage/ui';

const useStyles = makeStyles(
  {
    // The stock dark theme's own red is under 4.5:1 below white words.
    danger: {
      '&:not([data-disabled="true"]):not([data-ispending="true"])': {
        '--bg': 'var(--bui-negative-bg)',
      },
      // Nor does it tell a red button that is shut from one that is not.
      '[data-theme-mode="dark"] &[data-disabled="true"]': { opacity: 0.45 },
    },
  },
  { name: 'SlipwayConfirmButton' },
);

/** The button that does what a dialog asks about; red where it takes something back. */
export function ConfirmButton(props: ButtonProps) {
  const classes = useStyles();
  return (
    <Button
      variant="primary"
      className={props.destructive ? classes.danger : undefined}
      {...props}
    />
  );
}
