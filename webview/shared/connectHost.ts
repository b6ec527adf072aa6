import type { Handlers, Peer } from '../../src/protocol/contract';
import type { PanelHostContract, PanelViewContract } from '../../src/protocol/panelContract';
import { connect } from '../../src/protocol/pump';
import { webviewTransport, type MessagePoster } from './transport';

/** Connects a panel with its host. The host calls no sooner than the panel has said that it is ready, when `calls` are there. */
export function connectHost(
  api: MessagePoster,
  calls: () => Handlers<PanelViewContract>,
): Peer<PanelHostContract> {
  return connect<PanelViewContract, PanelHostContract>(webviewTransport(api), {
    show: (params, context) => calls().show(params, context),
    settings: (params, context) => calls().settings(params, context),
    revealLayer: (params, context) => calls().revealLayer(params, context),
    engineDown: (params, context) => calls().engineDown(params, context),
  });
}
