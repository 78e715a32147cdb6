namespace Infra.Tests.Unit.Config;

/// <summary>
/// How the Pulumi CLI reads a stack's file, where that is not obvious. Written down from its sources: pulumi/pulumi 3.260 and
/// gopkg.in/yaml.v3 3.0.1.
/// </summary>
internal static class CliReadings
{
    private const string Whole = "yaml.v3 resolve.go: strconv.ParseInt(plain, 0, 64)";
    private const string Octal = "yaml.v3 resolve.go: octals of YAML 1.1 and 1.2";
    private const string Underscore = "yaml.v3 resolve.go: strings.Replace(in, \"_\", \"\", -1)";
    private const string Floats = "yaml.v3 resolve.go: yamlStyleFloat";
    private const string Point = "yaml.v3 resolve.go: case '.'";
    private const string Map = "yaml.v3 resolve.go: resolveMapList";
    private const string Style = "yaml.v3 yaml.go: indicatedString";
    private const string Tags = "yaml.v3 resolve.go: resolve, deferred failf";
    private const string Times = "yaml.v3 resolve.go: allowedTimestampFormats; config/object.go: v.String()";
    private const string Twice = "workspace/loaders.go: LoadProjectStackBytes marshals and reads once more";
    private const string Json = "config/object.go: MarshalString, MarshalJSON";
    private const string NumberOfJson = "config/object.go: json.Number, Int64 then Float64";
    private const string NoTag = "yaml.v3 resolve.go: resolvableTag";
    private const string Nothing = "yaml.v3 decode.go: null into a struct leaves its zero value";

    /// <summary>A value of a top-level key, and the text that the program gets.</summary>
    public static (string Written, string Text, string Source)[] Texts { get; } =
    [
        ("5", "5", Whole),
        ("+5", "5", Whole),
        ("-5", "-5", Whole),
        ("0x1F", "31", Whole),
        ("0X1f", "31", Whole),
        ("0b101", "5", Whole),
        ("-0b11", "-3", Whole),
        ("0b-101", "-5", "yaml.v3 resolve.go: ParseInt(plain[2:], 2, 64)"),
        ("010", "8", Octal),
        ("0o10", "8", Octal),
        ("0O17", "15", Octal),
        ("-0o17", "-15", Octal),
        ("00", "0", Octal),
        ("08", "8", "yaml.v3 resolve.go: no octal, so a float; " + Twice),
        ("0o8", "0o8", Octal),
        ("0x", "0x", Whole),
        ("4_096", "4096", Underscore),
        ("1_000.5", "1000.5", Underscore),
        ("_5", "_5", "yaml.v3 resolve.go: resolveTable has no '_'"),
        ("9223372036854775807", "9223372036854775807", Whole),
        ("9223372036854775808", "9223372036854775808", "yaml.v3 resolve.go: strconv.ParseUint"),
        ("18446744073709551616", "18446744073709552000", Floats),
        ("1234567890123456789012345678901234567890", "1.2345678901234568e+39", Floats),
        ("2.0", "2", Twice),
        ("2.50", "2.5", Json),
        ("1.", "1", Floats),
        (".5", "0.5", Point),
        ("+.5", "0.5", Floats),
        (".", ".", Point),
        (".5e3", "500", Point),
        ("1e3", "1000", Twice),
        ("1e6", "1000000", Json),
        ("1e21", "1e+21", "encoding/json encode.go: floatEncoder"),
        ("0.0000001", "1e-7", "encoding/json encode.go: floatEncoder"),
        ("1e400", "1e400", "strconv.ParseFloat: ErrRange, so text"),
        ("-0", "0", Whole),
        ("-0.0", "0", Twice),
        ("True", "true", Map),
        ("FALSE", "false", Map),
        ("tRUE", "tRUE", Map),
        ("yes", "yes", "yaml.v3 decode.go: YAML 1.1 booleans only into a Go bool"),
        ("off", "off", "yaml.v3 decode.go: YAML 1.1 booleans only into a Go bool"),
        ("n", "n", Map),
        ("~", "", Nothing),
        ("null", "", Nothing),
        ("NULL", "", Nothing),
        ("", "", Nothing),
        ("nULL", "nULL", Map),
        ("\"\"", "", Style),
        ("\"010\"", "010", Style),
        ("'true'", "true", Style),
        ("!!str 010", "010", Style),
        ("!!int \"0x10\"", "16", Tags),
        ("!!float 3", "3", Twice),
        ("!!bool true", "true", Tags),
        ("!money 5", "5", NoTag),
        ("!!binary aGVsbG8=", "hello", "yaml.v3 decode.go: base64.StdEncoding"),
        ("2026-11-29", "2026-11-29 00:00:00 +0000 UTC", Times),
        ("2026-1-2", "2026-01-02 00:00:00 +0000 UTC", Times),
        ("2026-11-29T10:20:30.120Z", "2026-11-29 10:20:30.12 +0000 UTC", Times),
        ("2026-11-29 1:2:3", "2026-11-29 01:02:03 +0000 UTC", Times),
        ("2026-02-30", "2026-02-30", "time.Parse: day out of range, so text"),
        ("2026-11-29 10:20:30 +02:00", "2026-11-29 10:20:30 +02:00", Times),
        ("12:30:45", "12:30:45", "yaml.v3 resolve.go: base 60 floats are a bad idea"),
        ("<<", "<<", NoTag),
        ("{secure: 5}", "{\"secure\":5}", "config/object.go: isSecureValue takes only text"),
        ("[1, 010, 2.0, 1e2]", "[1,8,2,100]", Twice),
        ("[18446744073709551615]", "[18446744073709552000]", NumberOfJson),
        ("[yes, True, ~, 2026-11-29]", "[\"yes\",true,null,\"2026-11-29 00:00:00 \\u002B0000 UTC\"]", Times),
        ("{1: a, true: b, ~: c, 1.50: d}", "{\"1\":\"a\",\"true\":\"b\",\"\\u003Cnil\\u003E\":\"c\",\"1.5\":\"d\"}",
            "config/object.go: fmt.Sprintf(\"%v\", k)"),
    ];

    /// <summary>A file, and a part of the text of <c>inference:region</c>, or of the message for a file that is refused.</summary>
    public static (string File, string? Region, string? Refused, string Source)[] Files { get; } =
    [
        ("", null, null, "loaders.go: projectStackRaw == nil"),
        ("~", null, null, "loaders.go: projectStackRaw == nil"),
        ("# nothing", null, null, "yaml.v3 decode.go: an empty buffer"),
        ("config: ~", null, null, "yaml.v3 decode.go: prepare returns for null"),
        ("config: \"\"", null, "'config' that is not a mapping", "config/map.go: UnmarshalYAML"),
        ("config: []", null, "'config' that is not a mapping", "config/map.go: UnmarshalYAML"),
        ("text", null, "must be one mapping", "workspace/project.go: SimplifyMarshalledProject"),
        ("1: a", null, "is not text", "workspace/project.go: SimplifyMarshalledValue"),
        ("config: {1: a}", null, "is not text", "config/key.go: ParseKey; loaders.go: stackConfigNamespacedWithProject"),
        ("config: {region: tor1}", "tor1", null, "loaders.go: stackConfigNamespacedWithProject"),
        ("config: {inference:config:region: tor1}", "tor1", null, "config/key.go: ParseKey, the old form"),
        ("config: {inference:a:region: tor1}", null, "is not NAMESPACE:NAME", "config/key.go: ParseKey"),
        ("config: {a:b:c:d: tor1}", null, "is not NAMESPACE:NAME", "config/key.go: ParseKey"),
        ("secretsprovider: [a]\nconfig: {region: tor1}", null, "'secretsprovider' that is not text", "workspace/project.go: ProjectStack"),
        ("encryptionsalt: 5\nconfig: {region: tor1}", "tor1", null, "yaml.v3 decode.go: a scalar into a Go string"),
        ("x-other: 1\nconfig: {region: tor1}", "tor1", null, "yaml.v3 decode.go: KnownFields is off"),
        ("config: {region: tor1}\n---\nconfig: {region: nyc2}", "tor1", null, "yaml.v3 yaml.go: Unmarshal parses one document"),
        ("config: {region: tor1}\n---\n]", "tor1", null, "yaml.v3 yaml.go: Unmarshal parses one document"),
        ("---\nconfig: {region: tor1}\n...\n", "tor1", null, "yaml.v3 yaml.go: Unmarshal parses one document"),
        ("\ufeffconfig: {region: tor1}", "tor1", null, "loaders.go: readFileStripUTF8BOM"),
        ("config: {region: tor1, region: tor1}", null, "a second time", "yaml.v3 decode.go: mapping key already defined"),
        ("config: {a: {1: x, \"1\": y}}", null, "a second time", "yaml.v3 decode.go: ni.Value == nj.Value"),
        ("config: {a: {[x]: y}}", null, "a key that is a list", "yaml.v3 decode.go: invalid map key"),
        ("config: {region: !!int x}", null, "that is none", Tags),
        ("config: {region: !!bool yes}", null, "that is none", Tags),
        ("config: {region: !!binary \"*\"}", null, "not base64", "yaml.v3 decode.go: invalid base64 data"),
        ("config: {region: .inf}", null, "infinite", "encoding/json: UnsupportedValueError"),
        ("config: {tags: [.nan]}", null, "infinite", "encoding/json: UnsupportedValueError"),
        ("config: {region: *no}", null, "anchor that is not above", "yaml.v3 decode.go: unknown anchor referenced"),
        ("config: {tags: &a [*a]}", null, "contains itself", "yaml.v3 decode.go: value contains itself"),
        ("config:\n  vpcCidr: &a tor1\n  region: *a", "tor1", null, "yaml.v3 decode.go: alias"),
        ("x-a: &a {region: tor1}\nconfig: {<<: *a}", "tor1", null, "yaml.v3 decode.go: merge"),
        ("x-a: &a {region: nyc2}\nconfig: {<<: *a, region: tor1}", "tor1", null, "yaml.v3 decode.go: mergedFields"),
        ("x-a: &a {region: tor1}\nx-b: &b {region: nyc2}\nconfig: {<<: [*a, *b]}", "tor1", null, "yaml.v3 decode.go: mergedFields"),
        ("config: {<<: text}", null, "'<<' takes a mapping", "yaml.v3 decode.go: failWantMap"),
        ("config: {<<: ~}", null, "'<<' takes a mapping", "yaml.v3 decode.go: failWantMap"),
        ("x-a: &a {region: nyc2}\nconfig: {\"<<\": *a, region: tor1}", "tor1", null, "yaml.v3 decode.go: isMerge, not in quotes"),
        ("config: {region: \"a\u0001\"}", null, "control character", "yaml.v3 readerc.go: control characters are not allowed"),
        ("config: {region: \"a\u007f\"}", null, "control character", "yaml.v3 readerc.go: control characters are not allowed"),
        ("config:\n\tregion: tor1", null, "tab", "yaml.v3 scannerc.go"),
        ("config: [", null, "is not YAML: line", "yaml.v3 parserc.go"),
        ("config: {region: [tor1\n", null, "line", "yaml.v3 parserc.go"),
        ("config: {region: \"tor1\" \"nyc2\"}", null, "there is no ','", "yaml.v3 parserc.go: did not find expected ',' or '}'"),
        ("config: {a: [tor1] [nyc2]}", null, "there is no ','", "yaml.v3 parserc.go: did not find expected ',' or '}'"),
        ("config: {!x \"a\\tb\": tor1}", null, "the key 'a·b'", "config/map.go: keys are text"),
        ("config:\n  : tor1\n  region: tor1", null, "there is no key before ':'", "yaml.v3 parserc.go: did not find expected key"),
        ("config:\n  region: tor1\n  :", null, "there is no key before ':'", "yaml.v3 parserc.go: did not find expected key"),
        ("config:\n  ? region\n  : tor1", "tor1", null, "yaml.v3 parserc.go: KEY"),
        ("config: {region: {secure: v1:x}}", Infra.Planning.Config.ConfigNames.Encrypted, null, "config/object.go: isSecureValue"),
    ];

    /// <summary>A value of a setting, whether the CLI takes it, by the types in Pulumi.yaml.</summary>
    public static (string Setting, string Written, bool Taken, string Source)[] Types { get; } =
    [
        ("adminCidrs", "\"[\\\"203.0.113.7/32\\\"]\"", false, "config.go: content is text where the value is no object"),
        ("adminCidrs", "203.0.113.7/32", false, "project.go: ValidateConfigValue, not an array"),
        ("adminCidrs", "{a: 203.0.113.7/32}", false, "project.go: ValidateConfigValue, not an array"),
        ("tags", "[web]", true, "project.go: ValidateConfigValue"),
        ("tags", "[2026]", false, "project.go: ValidateConfigValue, an item that is no string"),
        ("tags", "[\"2026\"]", true, "project.go: ValidateConfigValue"),
        ("tags", "[true]", false, "project.go: ValidateConfigValue, an item that is no string"),
        ("tags", "[~]", false, "project.go: ValidateConfigValue, an item that is no string"),
        ("tags", "", false, "yaml.v3: null is an empty text, which is no array"),
        ("tags", "[]", true, "project.go: ValidateConfigValue"),
        ("engine", "", false, "yaml.v3: null is an empty text, which is no object"),
        ("engine", "{}", true, "project.go: ValidateConfigValue"),
        ("engine", "\"{}\"", false, "config.go: content is text where the value is no object"),
        ("engine", "[]", false, "project.go: ValidateConfigValue, not an object"),
        ("endpoints", "\"{\\\"chat\\\": {\\\"model\\\": \\\"mistralai/Ministral-3-3B-Instruct-2512\\\"}}\"", false,
            "config.go: content is text where the value is no object"),
        ("ignoreAvailability", "True", true, "project.go: \"true\" or \"false\""),
        ("ignoreAvailability", "\"true\"", true, "project.go: \"true\" or \"false\""),
        ("ignoreAvailability", "~", false, "project.go: \"true\" or \"false\", and null is an empty text"),
        ("huggingFaceToken", "{secure: ~}", false, "config/object.go: isSecureValue takes only text; project.go: not a string"),
        ("ignoreAvailability", "yes", false, "project.go: \"true\" or \"false\""),
        ("ignoreAvailability", "1", false, "project.go: \"true\" or \"false\""),
        ("maxHourlyUsd", "5", true, "project.go: ValidateConfigValue, text of a number is text"),
        ("maxHourlyUsd", "0x10", true, "project.go: ValidateConfigValue, text of a number is text"),
        ("maxHourlyUsd", "~", true, "yaml.v3: null is an empty text"),
        ("maxHourlyUsd", "[5]", false, "project.go: ValidateConfigValue, not a string"),
        ("maxHourlyUsd", "{a: 5}", false, "project.go: ValidateConfigValue, not a string"),
        ("catalog", "[]", false, "project.go: ValidateConfigValue, not a string"),
        ("adminCidrs", "{secure: v1:x}", false, "config.go: a secret is text, which is no array"),
        ("adminCidrs", "[{secure: v1:x}]", true, "config.go: the decrypted element is text"),
        ("engine", "{secure: v1:x}", false, "config.go: a secret is text, which is no object"),
        ("maxHourlyUsd", "{secure: v1:x}", true, "config.go: the decrypted value is text"),
        ("region", "{secure: v1:x}", true, "config.go: the decrypted value is text"),
        ("endpoints", "{chat: {model: {secure: v1:x}, replicas: {secure: v1:x}}}", true, "config.go: an object, whatever is in it"),
        ("endpoints", "{chat: {model: mistralai/Ministral-3-3B-Instruct-2512, replicas: 010}}", true,
            "config.go: an object, whatever is in it"),
    ];
}
