import { type PluginSettings, pluginSpec } from './plugin-settings';

/**
 * Settings of the dummy plugin: an interface with addresses that leads nowhere. Needs an IPAM. Since
 * plugins 1.2.0.
 *
 * @see https://www.cni.dev/plugins/current/main/dummy/
 */
export type DummySettings = PluginSettings;

export const DUMMY = pluginSpec<DummySettings>('dummy', {});
