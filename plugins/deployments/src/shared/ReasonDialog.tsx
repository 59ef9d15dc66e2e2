import { ReactNode, useState } from 'react';
import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Flex,
} from '@backstage/ui';
import { useCommand } from '../hooks/useCommand';
import { useTranslation } from '../hooks/useTranslation';
import { ConfirmButton } from './ConfirmButton';
import { ErrorAlert } from './ErrorAlert';
import { FocusedTitle } from './FocusedTitle';
import { ReasonField } from './ReasonField';

/** Says what something does, and asks for the reason that is kept with it; the button names verb and target. */
export function ReasonDialog(props: {
  title: string;
  /** What it does, and what else there is to choose. */
  children: ReactNode;
  confirmLabel: string;
  /** Says what was not done, where it is refused. */
  refusedTitle: string;
  isDestructive?: boolean;
  onConfirm: (reason: string) => Promise<void>;
  onClose: () => void;
}) {
  const { onConfirm, onClose } = props;
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const { isPending, error, run } = useCommand();
  const words = reason.trim();
  return (
    <Dialog
      isOpen
      width={560}
      isDismissable={!words}
      onOpenChange={isOpen => !isOpen && onClose()}
    >
      <DialogHeader>
        <FocusedTitle>{props.title}</FocusedTitle>
      </DialogHeader>
      <DialogBody>
        <Flex direction="column" gap="4">
          {error && <ErrorAlert title={props.refusedTitle} error={error} />}
          {props.children}
          <ReasonField
            description={t('reason.hint')}
            isRequired
            value={reason}
            onChange={setReason}
          />
        </Flex>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={onClose}>
          {t('dialog.back')}
        </Button>
        <ConfirmButton
          destructive={props.isDestructive}
          isDisabled={!words}
          isPending={isPending}
          onPress={() => run(() => onConfirm(words))}
        >
          {props.confirmLabel}
        </ConfirmButton>
      </DialogFooter>
    </Dialog>
  );
}
