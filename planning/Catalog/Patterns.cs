namespace Infra.Planning.Catalog;

/// <summary>Patterns of catalog members. Each is also a valid ECMAScript pattern, because the JSON schema contains it.</summary>
internal static class Patterns
{
    public const string RepositoryId = "^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?$";
    public const string RepositoryIdHelp = "must be a repository id: letters, digits, '.', '_', '-', and one '/' after the owner";

    public const string Commit = "^[0-9a-f]{40}$";
    public const string CommitHelp = "must be a commit of 40 hex digits in lower case, not a branch, a tag or a short form";

    public const string Digest = "^sha256:[0-9a-f]{64}$";
    public const string DigestHelp = "must be sha256: and 64 hex digits in lower case, not a tag";

    public const string Sha256 = "^[0-9a-f]{64}$";
    public const string Sha256Help = "must be the 64 hex digits that sha256sum prints for the file, in lower case";

    // As nodes accept names of the hub (weights_listing.py).
    public const string WeightsFile = "^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$";

    public const string Version = "^[0-9]+\\.[0-9]+\\.[0-9]+$";
    public const string VersionHelp = "must be three numbers: 0.31.0";

    public const string Driver = "^[0-9]+(\\.[0-9]+){0,3}$";
    public const string DriverHelp = "must be a driver version: 580.65.06";

    public const string Slug = "^[a-z0-9][a-z0-9.-]*$";
    public const string SlugHelp = "must be lower-case letters, digits, '-' and '.'";

    public const string ClassName = "^[A-Za-z][A-Za-z0-9_]*$";
    public const string ClassNameHelp =
        "must be a class of vLLM's, as config.json's architectures has it: Mistral3ForConditionalGeneration";

    public const string ModelType = "^[a-z0-9][a-z0-9_-]*$";
    public const string ModelTypeHelp = "must be a model_type as config.json's text_config has it: ministral3";

    public const string FileName = "^SYSTEM_PROMPT\\.txt$";
    public const string FileNameHelp = "must be SYSTEM_PROMPT.txt, the only name that nodes fetch";

    public const string Date = "^(undated|20[0-9]{2}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)$";
    public const string DateHelp = "must be a day, a month or 'undated': 2026-11-23, 2026-11";

    // As node.env accepts (NodeEnvironment, apply-settings): no blanks, quotes, backslashes, dollars, braces.
    public const string Word = "^[A-Za-z0-9_.,:/=+@\\[\\]-]+$";
    public const string WordHelp =
        "must be one word of vLLM's command line, without blanks, quotes, braces, '$' or backslashes; write '--flag', 'value' as two";

    public const string ImageRepository = "^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+$";
    public const string ImageRepositoryHelp = "must be registry and repository without tag or digest: docker.io/vllm/vllm-openai";

    public const string HttpsUrl = "^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*/?$";
    public const string HttpsUrlHelp = "must be an https address without user, query and fragment: https://mirror.example.com/models";

    public const string Requirement = "^[A-Za-z0-9._-]+==[A-Za-z0-9.+]+$";
    public const string RequirementHelp = "must pin one package exactly: vllm==0.31.0";

    public const string FullDate = "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
    public const string FullDateHelp = "must be a day: 2026-11-23";
}
