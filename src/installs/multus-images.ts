import { defaultMultusVersion, multusImage } from './multus-releases';
import type { MultusSettings } from './multus-settings';

/** The image of Multus itself. */
export function multusImageOf({
  mode = 'thick',
  version,
  image,
  registry,
}: MultusSettings): string {
  return image ?? multusImage(version ?? defaultMultusVersion(mode), mode, registry);
}

/** An image with a shell, for what is tidied up on a node; undefined where none is known. */
export function prepareImageOf(settings: MultusSettings): string | undefined {
  const { mode = 'thick', version, image, prepareImage, registry } = settings;
  if (prepareImage !== undefined) return prepareImage;
  if (image !== undefined) return mode === 'thick' ? image : undefined;
  return multusImage(version ?? defaultMultusVersion(mode), 'thick', registry);
}
