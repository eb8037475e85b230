// deploy/nats/users.json: the broker's users and what each may say and hear, as data for a deployment.
import { brokerUsers, operatorSubjects } from '@switchboard/contract';
import { header, toJson } from './generated.ts';

export function usersFile(agents: readonly string[]): string {
  return toJson({
    $comment: header,
    agents,
    exports: { from: 'SB', to: 'OPS', subjects: operatorSubjects },
    users: brokerUsers(agents),
  });
}
