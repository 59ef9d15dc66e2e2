import { ReactNode } from 'react';
import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
} from '@backstage/ui';
import { ConfirmButton } from './ConfirmButton';
import { useTranslation } from '../hooks/useTranslation';
import { FocusedTitle } from './FocusedTitle';

/** Asks once more before something that cannot be taken back; the button names verb and target. */
export function ConfirmDialog(props: {
  title: string;
  children: ReactNode;
  confirmLabel: string;
  isDestructive?: boolean;
  isPending: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Dialog
      isOpen
      width={560}
      onOpenChange={isOpen => !isOpen && props.onClose()}
    >
      <DialogHeader>
        <FocusedTitle>{props.title}</FocusedTitle>
      </DialogHeader>
      <DialogBody>{props.children}</DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={props.onClose}>
          {t('dialog.back')}
        </Button>
        <ConfirmButton
          destructive={props.isDestructive}
          isPending={props.isPending}
          onPress={props.onConfirm}
        >
          {props.confirmLabel}
        </ConfirmButton>
      </DialogFooter>
    </Dialog>
  );
}
