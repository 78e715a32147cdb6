using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Infra.Tests.Unit.Repository;

/// <summary>A type that uses another one of its assembly; a nested type counts as the one around it.</summary>
internal sealed record TypeUse(string FromNamespace, string From, string ToNamespace, string To);

/// <summary>
/// What a compiled assembly uses: other assemblies, and type by type what is in itself, by bases, members, attributes and bodies of
/// methods. A constant is no use, because the compiler copies it.
/// </summary>
internal sealed class TypeUses
{
    private const byte TwoBytes = 0xFE;

    private static readonly Dictionary<int, OperandType> s_operands = typeof(OpCodes).GetFields()
        .Select(field => field.GetValue(null)).OfType<OpCode>()
        .ToDictionary(code => code.Value & 0xFFFF, code => code.OperandType);

    private readonly MetadataReader _metadata;
    private readonly PEReader _file;
    private readonly HashSet<TypeDefinitionHandle> _used = [];
    private readonly Collector _collector;

    private TypeUses(PEReader file)
    {
        _file = file;
        _metadata = file.GetMetadataReader();
        _collector = new(this);
    }

    /// <summary>Names of the assemblies that it refers to.</summary>
    public static IReadOnlyList<string> Assemblies(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }

    /// <summary>Every use of a type of the assembly by another one.</summary>
    public static IReadOnlyList<TypeUse> In(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        return [.. new TypeUses(file).All().Distinct()];
    }

    private IEnumerable<TypeUse> All()
    {
        foreach (var handle in _metadata.TypeDefinitions)
        {
            _used.Clear();
            Collect(_metadata.GetTypeDefinition(handle));
            var (fromNamespace, from) = Outermost(handle);
            foreach (var used in _used)
            {
                var (toNamespace, to) = Outermost(used);
                // Names with '<' are of the compiler's own helpers, which everyone shares.
                if ((toNamespace, to) != (fromNamespace, from) && !from.Contains('<') && !to.Contains('<'))
                {
                    yield return new(fromNamespace, from, toNamespace, to);
                }
            }
        }
    }

    private (string Namespace, string Name) Outermost(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        while (type.GetDeclaringType() is { IsNil: false } around)
        {
            type = _metadata.GetTypeDefinition(around);
        }

        return (_metadata.GetString(type.Namespace), _metadata.GetString(type.Name));
    }

    private void Collect(TypeDefinition type)
    {
        Collect(type.BaseType);
        Collect(type.GetCustomAttributes());
        Collect(type.GetGenericParameters());
        foreach (var implemented in type.GetInterfaceImplementations())
        {
            Collect(_metadata.GetInterfaceImplementation(implemented).Interface);
        }

        foreach (var handle in type.GetFields())
        {
            var field = _metadata.GetFieldDefinition(handle);
            field.DecodeSignature(_collector, null);
            Collect(field.GetCustomAttributes());
        }

        foreach (var handle in type.GetProperties())
        {
            Collect(_metadata.GetPropertyDefinition(handle).GetCustomAttributes());
        }

        foreach (var handle in type.GetMethods())
        {
            var method = _metadata.GetMethodDefinition(handle);
            method.DecodeSignature(_collector, null);
            Collect(method.GetCustomAttributes());
            Collect(method.GetGenericParameters());
            if (method.RelativeVirtualAddress != 0)
            {
                Collect(_file.GetMethodBody(method.RelativeVirtualAddress));
            }
        }
    }

    private void Collect(GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.SelectMany(handle => _metadata.GetGenericParameter(handle).GetConstraints()))
        {
            Collect(_metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }

    private void Collect(CustomAttributeHandleCollection attributes)
    {
        foreach (var handle in attributes)
        {
            Collect(_metadata.GetCustomAttribute(handle).Constructor);
        }
    }

    private void Collect(MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil)
        {
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_collector, null);
        }

        foreach (var region in body.ExceptionRegions)
        {
            Collect(region.CatchType);
        }

        var code = body.GetILReader();
        while (code.RemainingBytes > 0)
        {
            int instruction = code.ReadByte();
            if (instruction == TwoBytes)
            {
                instruction = (instruction << 8) | code.ReadByte();
            }

            switch (s_operands[instruction])
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    Collect(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += sizeof(int) * targets;
                    break;
                case var operand:
                    code.Offset += SizeOf(operand);
                    break;
            }
        }
    }

    private static int SizeOf(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => sizeof(byte),
        OperandType.InlineVar => sizeof(short),
        OperandType.InlineI8 or OperandType.InlineR => sizeof(long),
        _ => sizeof(int),
    };

    private void Collect(EntityHandle handle)
    {
        if (handle.IsNil)
        {
            return;
        }

        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                _used.Add((TypeDefinitionHandle)handle);
                break;
            case HandleKind.TypeSpecification:
                _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(_collector, null);
                break;
            case HandleKind.FieldDefinition:
                _used.Add(_metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MethodDefinition:
                _used.Add(_metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MemberReference:
                Collect(_metadata.GetMemberReference((MemberReferenceHandle)handle).Parent);
                break;
            case HandleKind.MethodSpecification:
                var method = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                Collect(method.Method);
                method.DecodeSignature(_collector, null);
                break;
            default:
                break; // a type of another assembly
        }
    }

    /// <summary>Takes note of each type in a signature; what a signature is as a whole is of no interest.</summary>
    private sealed class Collector(TypeUses uses) : ISignatureTypeProvider<bool, object?>
    {
        public bool GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => uses._used.Add(handle);

        public bool GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => false;

        public bool GetTypeFromSpecification(
            MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public bool GetPrimitiveType(PrimitiveTypeCode typeCode) => false;

        public bool GetSZArrayType(bool elementType) => false;

        public bool GetArrayType(bool elementType, ArrayShape shape) => false;

        public bool GetByReferenceType(bool elementType) => false;

        public bool GetPointerType(bool elementType) => false;

        public bool GetPinnedType(bool elementType) => false;

        public bool GetModifiedType(bool modifier, bool unmodifiedType, bool isRequired) => false;

        public bool GetGenericInstantiation(bool genericType, ImmutableArray<bool> typeArguments) => false;

        public bool GetGenericMethodParameter(object? genericContext, int index) => false;

        public bool GetGenericTypeParameter(object? genericContext, int index) => false;

        public bool GetFunctionPointerType(MethodSignature<bool> signature) => false;
    }
}
