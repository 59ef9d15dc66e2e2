import { makeStyles } from '@material-ui/core/styles';
import { TextAreaField } from '@backstage/ui';
import { useTranslation } from '../hooks/useTranslation';
import { QUIET } from './tones';

const useStyles = makeStyles(
  {
    // The theme's own is under 4.5:1 on a dialog in the dark.
    root: { '& [slot="description"]': { color: QUIET } },
  },
  { name: 'SlipwayReasonField' },
);

/** Where a person says why; the field takes as much as is kept. */
export function ReasonField(props: {
  /** What becomes of it. */
  description: string;
  isRequired?: boolean;
  value: string;
  onChange: (value: string) => void;
}) {
  const classes = useStyles();
  const { t } = useTranslation();
  return (
    <TextAreaField
      label={t('reason.label')}
      className={classes.root}
      rows={2}
      maxLength={2_000}
      {...props}
    />
  );
}
