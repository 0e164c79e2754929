/** In what go-micro's versions of the HTTP broker differ; neither hears the other. */
export interface Dialect {
  /** The name subscribers register under. */
  readonly serviceName: string;
  readonly path: string;
  /** Key of the message header that holds the topic. */
  readonly topicKey: string;
  /** True when handlers see that key. */
  readonly keepsTopicKey: boolean;
}

/**
 * go-micro `broker/http.go` @ v2.9.1 (v2.5 and later) and `broker/http_broker.go` @ v1.18.0. We speak both at once; between
 * two of us the first one counts.
 */
export const DIALECTS: readonly Dialect[] = [
  { serviceName: "micro.http.broker", path: "/", topicKey: "Micro-Topic", keepsTopicKey: true },
  { serviceName: "go.micro.http.broker", path: "/_sub", topicKey: ":topic", keepsTopicKey: false },
];

/** Version of the record of subscribers without a queue; otherwise the version is the queue's name. */
export const BROADCAST = "ff.http.broadcast";
