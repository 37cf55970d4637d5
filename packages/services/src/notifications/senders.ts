/** How what is told leaves the house; whoever runs the loop brings them. */
export interface Senders {
  /** Undefined: nobody is sent mail. */
  readonly mailer: Mailer | undefined;
  readonly fetcher: Fetcher;
  /** Where links in mails lead: scheme, host and port; left out: mails with links are not sent. */
  readonly linkUrl?: string | undefined;
}

export interface Mail {
  /** The same for each try. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same as `text`, for readers that show it. */
  readonly html?: string | undefined;
}

export interface Mailer {
  /** Throws what the server said. */
  send(mail: Mail): Promise<void>;
}

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Guards where it goes: addresses that are not public are refused unless the house allows them. */
export interface Fetcher {
  /** Answers the status; throws when there is none. Follows no redirects. */
  post(post: Post): Promise<number>;
}
