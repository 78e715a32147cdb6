using Infra.Planning.Catalog;

namespace Infra.Planning.Hub;

/// <summary>
/// Vision towers of Pixtral's kind, the only ones that the catalog describes: a transformer over patches, a patch merger, and an adapter of
/// two matrices. Its parameters are exact for Ministral 3: 403,305,472 in the tower, and 16,778,240 to 35,652,608 behind it.
/// </summary>
internal static class VisionParts
{
    /// <summary>The tower of a <c>params.json</c> (<c>vision_encoder</c>).</summary>
    public static VisionTower OfParams(HubJson vision, int hiddenSize) => Tower(
        vision, vision.Whole("image_size") ?? vision.Required("max_image_size"), hiddenSize,
        vision.Text("mm_projector_id") == "patch_merge" ? Math.Max(1, vision.Whole("spatial_merge_size") ?? 1) : 1,
        vision.Flag("add_pre_mm_projector_layer_norm") ?? false);

    /// <summary>The tower of a <c>config.json</c> (<c>vision_config</c>) of Mistral 3, which always has a merger.</summary>
    public static VisionTower OfConfig(HubJson vision, HubJson top, int hiddenSize) => Tower(
        vision, vision.Required("image_size"), hiddenSize, Math.Max(1, top.Whole("spatial_merge_size") ?? 2), preNorm: true);

    private static VisionTower Tower(HubJson vision, int imageSize, int hiddenSize, int merge, bool preNorm)
    {
        var layers = vision.Required("num_hidden_layers");
        long width = vision.Required("hidden_size");
        long feedForward = vision.Required("intermediate_size");
        var patch = vision.Required("patch_size");
        var tower = (layers * ((4 * width * width) + (3 * width * feedForward) + (2 * width)))
            + (3L * patch * patch * width) + width;
        var merger = merge > 1 ? width * merge * merge * width : 0;
        var adapter = (width * hiddenSize) + ((long)hiddenSize * hiddenSize);
        return new VisionTower
        {
            Parameters = tower + merger + adapter + (preNorm ? width : 0),
            Layers = layers,
            HiddenSize = (int)width,
            PatchSize = patch,
            ImageSize = imageSize,
            SpatialMerge = merge,
        };
    }
}
