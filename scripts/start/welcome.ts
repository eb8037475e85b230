// What a newcomer needs to know, once it runs.

export interface Welcome {
  readonly url: string;
  readonly session: string;
  readonly keyFile: string;
  readonly workspace: string;
  readonly logs: string;
  readonly policy: string;
  readonly settings: string;
}

export function welcome({ url, session, keyFile, workspace, logs, policy, settings }: Welcome): string {
  return `
Switchboard is ready at ${url}
  API reference  ${url}/docs
  key            ${keyFile}
  workspace      ${workspace}
  logs           ${logs}
  policy         ${policy}
  settings       ${settings}
  watch it       npm run tail
  look it over   npm run doctor

Try
  make a folder notes
  write buy milk to notes/todo.txt
  what is in notes
and exit, or Ctrl-D, to end

or from another program
  curl -s ${url}/v1/sessions/${session}/turns \\
    -H "Authorization: Bearer $(cat ${keyFile})" -H "Idempotency-Key: $(date +%s%N)" \\
    -H "Content-Type: application/json" -H "Prefer: wait=30" -d '{"input": "what is in notes"}'
`;
}
